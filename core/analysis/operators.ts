/** What an expression can compute: operators, functions, constants. */

type Work = readonly [arity: number, work: (a: number, b: number, c: number) => number];

/** Conditions are numbers: 1 and 0. */
export const truth = (value: boolean): number => (value ? 1 : 0);
/** What is missing is not true. */
export const isTrue = (value: number): boolean => value !== 0 && !Number.isNaN(value);

/** By name in small letters. */
export const FUNCTIONS = new Map<string, Work>([
  ["abs", [1, Math.abs]],
  ["sqrt", [1, Math.sqrt]],
  ["exp", [1, Math.exp]],
  ["log", [1, Math.log]],
  ["log10", [1, Math.log10]],
  ["sin", [1, Math.sin]],
  ["cos", [1, Math.cos]],
  ["tan", [1, Math.tan]],
  ["asin", [1, Math.asin]],
  ["acos", [1, Math.acos]],
  ["atan", [1, Math.atan]],
  ["round", [1, Math.round]],
  ["floor", [1, Math.floor]],
  ["ceil", [1, Math.ceil]],
  ["sign", [1, Math.sign]],
  ["min", [2, (a, b) => Math.min(a, b)]],
  ["max", [2, (a, b) => Math.max(a, b)]],
  ["atan2", [2, Math.atan2]],
  ["hypot", [2, (a, b) => Math.hypot(a, b)]],
  ["if", [3, (a, b, c) => (isTrue(a) ? b : c)]],
]);
/** By name in small letters. */
export const CONSTANTS = new Map([
  ["pi", Math.PI],
  ["e", Math.E],
]);

/** Binary operators with how strongly they bind; a comparison with what is missing is false. */
export const BINARY = new Map<string, readonly [binding: number, work: (a: number, b: number) => number]>([
  ["while", [1, (a, b) => truth(isTrue(a) && isTrue(b))]],
  ["or", [2, (a, b) => truth(isTrue(a) || isTrue(b))]],
  ["and", [3, (a, b) => truth(isTrue(a) && isTrue(b))]],
  ["=", [5, (a, b) => truth(a === b)]],
  ["!=", [5, (a, b) => truth(a !== b && !Number.isNaN(a) && !Number.isNaN(b))]],
  ["<", [5, (a, b) => truth(a < b)]],
  ["<=", [5, (a, b) => truth(a <= b)]],
  [">", [5, (a, b) => truth(a > b)]],
  [">=", [5, (a, b) => truth(a >= b)]],
  ["+", [6, (a, b) => a + b]],
  ["-", [6, (a, b) => a - b]],
  ["*", [7, (a, b) => a * b]],
  ["/", [7, (a, b) => a / b]],
  ["%", [7, (a, b) => a % b]],
  ["^", [9, (a, b) => a ** b]],
]);
/** How strongly what stands in front of a value binds. */
export const NOT_BINDING = 4;
export const MINUS_BINDING = 8;
/** Leads to the right: 2^3^2 = 2^9. */
export const POWER = "^";
/** Other ways to write an operator. */
export const SPELLINGS = new Map([
  ["||", "or"],
  ["&&", "and"],
  ["==", "="],
  ["<>", "!="],
]);
