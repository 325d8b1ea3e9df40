/** The kernel that unpacks data blocks, beside those that decode. */
import { type Instance, instantiate } from "./instance.ts";

/** One instance, made when the first packed block is met. Every step of work is synchronous, so any number of readers may share it. */
export class Codecs {
  readonly #module: WebAssembly.Module;
  #instance: Instance | null = null;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  get instance(): Instance {
    this.#instance ??= instantiate(this.#module);
    return this.#instance;
  }
}
