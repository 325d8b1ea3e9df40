/** The viewer's files from the assets binding, whose root is the folder that lies below /view/ here. */

/** Answers GET below /view/. */
export function viewerAssets(assets: { fetch(request: Request): Promise<Response> }): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    url.pathname = url.pathname.slice("/view".length);
    const answer = await assets.fetch(new Request(url, request));
    const location = answer.headers.get("Location");
    if (!location?.startsWith("/")) return answer;
    // The binding's own redirects (index.html to its folder) know nothing of /view.
    const moved = new Response(null, answer);
    moved.headers.set("Location", `/view${location}`);
    return moved;
  };
}
