/** Thirty lines and how each is broken. `tests`: where it should be noticed first; a mutation nobody notices there is not noticed. */
export interface Mutation {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly tests: readonly string[];
}

export const mutations: readonly Mutation[] = [];
