/** A canvas whose backing store is in device pixels. */

export interface Surface {
  readonly element: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  /** Sets CSS size and backing store; does nothing when both are right already. */
  size(cssWidth: number, cssHeight: number, ratio: number): void;
}

/** `opaque`: every pixel is painted, so that nothing below has to be mixed in. */
export function createSurface(className: string, opaque = false): Surface {
  const element = document.createElement("canvas");
  element.className = className;
  const context = element.getContext("2d", { alpha: !opaque });
  if (context === null) throw new Error("This browser draws no canvas.");
  return {
    element,
    context,
    size(cssWidth, cssHeight, ratio) {
      const [width, height] = [Math.round(cssWidth * ratio), Math.round(cssHeight * ratio)];
      if (element.width !== width) element.width = width;
      if (element.height !== height) element.height = height;
      // The exact quotient, so that one backing pixel is one device pixel.
      element.style.width = `${width / ratio}px`;
      element.style.height = `${height / ratio}px`;
    },
  };
}
