/** Icons drawn by us: 16 px, stroke 1.5 (viewer.md §2). Always beside a text or an aria-label. */

const PATHS = {
  mark: "M1.5 4.5a3 3 0 0 1 3-3h7a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3h-7a3 3 0 0 1-3-3z M3.5 9H5l1.5-4 2.5 7 1.5-4.5.7 1.5h1.3",
  folder: "M1.5 12.5v-9h4.5l1.5 2h7v7z",
  undo: "M6 3 2.5 6.5 6 10 M3 6.5h6a4 4 0 0 1 0 8H7",
  redo: "M10 3l3.5 3.5L10 10 M13 6.5H7a4 4 0 0 0 0 8h2",
  fit: "M2 5.5V2h3.5 M10.5 2H14v3.5 M14 10.5V14h-3.5 M5.5 14H2v-3.5",
  theme: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z M8 2v12",
  help: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z M6 6a2 2 0 1 1 2.8 1.8c-.6.3-.8.7-.8 1.4 M8 11.6v.1",
  menu: "M2.5 4h11 M2.5 8h11 M2.5 12h11",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z M10.5 10.5 14 14",
  twist: "M4 3.5 8 8l-4 4.5",
  lock: "M4 7.5h8v6H4z M5.5 7.500v-2a2.500 2.500 0 0 1 5 0v2",
  down: "M4 6l4 4 4-4",
  close: "M4 4l8 8 M12 4l-8 8",
  info: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z M8 7.2v4 M8 4.6v.1",
  warning: "M8 2 14.5 13.5h-13z M8 6.5v3.5 M8 11.7v.1",
  drive: "M2 8h2.5L6 4l3 8 1.5-4H14",
  database:
    "M3 4c0-1.200 2.200-2 5-2s5 .8 5 2v8c0 1.200-2.200 2-5 2s-5-.8-5-2z M3 4c0 1.200 2.200 2 5 2s5-.8 5-2 M3 8c0 1.200 2.200 2 5 2s5-.8 5-2",
  list: "M2 4h.1 M2 8h.1 M2 12h.1 M5 4h9 M5 8h9 M5 12h9",
  plus: "M8 3v10 M3 8h10",
  more: "M3.5 8h.1 M8 8h.1 M12.500 8h.1",
  eye: "M1.500 8s2.500-4.500 6.500-4.500S14.500 8 14.500 8s-2.500 4.500-6.500 4.500S1.500 8 1.500 8z M8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  "eye-off":
    "M2 2l12 12 M6.500 3.700C7 3.600 7.500 3.500 8 3.500c4 0 6.500 4.500 6.500 4.500s-.7 1.300-2 2.500 M3.500 5.500C2.200 6.700 1.500 8 1.500 8s2.500 4.500 6.500 4.500c1 0 2-.3 2.800-.700",
  cursors: "M4 2v12 M12 2v12 M4 8h8",
  stats: "M2 14h12 M4 14V9 M8 14V3 M12 14V6",
  link: "M6.500 9.500l3-3 M7 4.500l1.500-1.500a3 3 0 0 1 4.300 4.300L11.300 8.800 M9 11.500l-1.500 1.500a3 3 0 0 1-4.300-4.300L4.700 7.200",
  dot: "M5 1a4 4 0 1 0 .001 0z",
  triangle: "M5 0.5 10 9.5H0z",
  broken: "M0 0h5.5L4 4l2.5 1L5 10H0z M7 0h3v10H6.5L8 5 6 4z",
  cross: "M0 2 2 0l3 3 3-3 2 2-3 3 3 3-2 2-3-3-3 3-2-2 3-3z",
} as const;

export type IconName = keyof typeof PATHS;

const SMALL: ReadonlySet<IconName> = new Set(["dot", "triangle", "broken", "cross"]);

export function icon(name: IconName): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", SMALL.has(name) ? "0 0 10 10" : "0 0 16 16");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const part of name === "mark" ? PATHS.mark.split(/ (?=M3)/) : [PATHS[name]]) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", part);
    svg.append(path);
  }
  return svg;
}
