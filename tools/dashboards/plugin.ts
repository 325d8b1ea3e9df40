/** What a dashboard asks for, whichever plugin asks; `simpod.ts` and `infinity.ts` write it down in their plugin's words. */

export type Json = Readonly<Record<string, unknown>>;

/** A dashboard variable, filled by one of the searches of POST /variable. Other variables in it are written `${name}`. */
export interface Choice {
  readonly name: string;
  readonly label: string;
  readonly search: Readonly<Record<string, string>>;
  readonly multi?: boolean;
  readonly all?: boolean;
  /** Options that match stay; as Grafana writes it, between slashes. */
  readonly regex?: string;
}

/** What one panel shows. `devices` means those chosen in `${device}`. */
export type Ask =
  /** The signals of `${signal}` in the database `${db}`. */
  | { readonly kind: "signals" }
  /** `${latitude}` and `${longitude}` of the database, in one table. */
  | { readonly kind: "track" }
  | { readonly kind: "bus"; readonly value: "load" | "loadMax" | "frames" | "errors" }
  | { readonly kind: "devices" }
  | { readonly kind: "files"; readonly sort: string; readonly limit: number; readonly columns: readonly string[] }
  | { readonly kind: "trips" }
  | { readonly kind: "frames"; readonly limit: number };

/** Where sessions and splits begin; messages of transport protocols that were lost. */
export type MarkKind = "session" | "split" | "loss";

export interface Plugin {
  /** As it is called in names of files and uids. */
  readonly id: "simpod" | "infinity";
  /** Of its data source. */
  readonly type: string;
  /** As people call it. */
  readonly title: string;
  /** `query` of a variable, with its `definition`. */
  variable(choice: Choice): Json;
  /** One query of a panel. */
  target(ask: Ask): Json;
  /** What Grafana must do to the answer before it is drawn. */
  transformations(ask: Ask): readonly Json[];
  /** `target` of an annotation: marks of `${device}`. */
  marks(kind: MarkKind): Json;
}

/** Every panel and variable refers to the data source the reader chose. */
export const SOURCE = { name: "source", reference: "${source}" } as const;
