/** Vite gives the address of a built file. */
declare module "*.wasm?url" {
  const url: string;
  export default url;
}
