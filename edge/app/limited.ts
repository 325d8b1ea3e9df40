/** The host's limit of points, around the engine: it holds for every dialect. */
import type { Engine } from "../../core/query/engine.ts";
import type { Query } from "../../core/query/query.ts";

/** The same engine; no series has more than `pointsMax` points (null = no limit), and those that would say so in a notice. */
export function limited(engine: Engine, pointsMax: number | null): Engine {
  if (pointsMax === null) return engine;
  const least = (query: Query): Query => ({ ...query, budgetPoints: Math.min(query.budgetPoints ?? pointsMax, pointsMax) });
  return {
    ...engine,
    query: (query, signal, onWork) => engine.query(least(query), signal, onWork),
    explain: (query, signal) => engine.explain(least(query), signal),
  };
}
