/** A little less typing for plain DOM. */

type Child = Node | string | null;
export type Attributes = Readonly<Record<string, string | boolean | EventListener | null>>;

/** An element with attributes, listeners (`on…`) and children; `false` and null leave an attribute out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  }
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

/** Sets an attribute only when it changes; null removes it. */
export function setAttribute(element: Element, name: string, value: string | null): void {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Runs `render` only when one of the inputs is another one than last time. */
export function onChange<T extends readonly unknown[]>(render: (...inputs: T) => void): (...inputs: T) => void {
  let before: T | null = null;
  return (...inputs) => {
    const last = before;
    if (last !== null && inputs.every((input, i) => Object.is(input, last[i]))) return;
    before = inputs;
    render(...inputs);
  };
}

/** Made by the first who asks. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
