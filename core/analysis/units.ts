/** Ways between units that vehicle databases use, in the spellings that occur. */

/** base = value · num / den + offset: two numbers, so that 3.6 stays 3.6. */
interface Way {
  readonly num?: number;
  readonly den?: number;
  readonly offset?: number;
}

interface Unit extends Required<Way> {
  readonly quantity: string;
}

const UNITS = new Map<string, Unit>();

function quantity(name: string, units: Readonly<Record<string, number | Way>>): void {
  for (const [spellings, way] of Object.entries(units)) {
    const unit = { quantity: name, num: 1, den: 1, offset: 0, ...(typeof way === "number" ? { num: way } : way) };
    for (const spelling of spellings.split(" ")) UNITS.set(spelling.toLowerCase(), unit);
  }
}

// Exact by definition, except horsepower (1 hp = 745.6998715822702 W, 1 PS = 735.49875 W) and psi.
quantity("speed", {
  "m/s mps": 1,
  "km/h kmh kph": { den: 3.6 },
  "mph mi/h": 0.44704,
  "kn kt kts knots": { num: 1852, den: 3600 },
});
quantity("length", { m: 1, km: 1000, cm: { den: 100 }, mm: { den: 1000 }, "mi miles": 1609.344, ft: 0.3048, nmi: 1852 });
quantity("temperature", {
  "°c degc c celsius": { offset: 273.15 },
  "k kelvin": 1,
  "°f degf f fahrenheit": { num: 5, den: 9, offset: (459.67 * 5) / 9 },
});
quantity("angle", { "rad radian": 1, "deg ° degree degrees": { num: Math.PI, den: 180 } });
quantity("angular speed", {
  "rad/s": 1,
  "deg/s °/s": { num: Math.PI, den: 180 },
  "rpm 1/min r/min": { num: Math.PI, den: 30 },
});
quantity("pressure", { pa: 1, "hpa mbar": 100, kpa: 1000, mpa: 1e6, bar: 1e5, psi: 6894.757293168361 });
quantity("mass", { kg: 1, g: { den: 1000 }, t: 1000, "lb lbs": 0.45359237 });
quantity("volume", { "l litre liter": 1, ml: { den: 1000 }, m3: 1000, gal: 3.785411784 });
quantity("power", { w: 1, kw: 1000, hp: 745.6998715822702, ps: 735.49875 });
quantity("energy", { j: 1, kj: 1000, wh: 3600, kwh: 3.6e6 });
quantity("voltage", { v: 1, mv: { den: 1000 }, kv: 1000 });
quantity("current", { a: 1, ma: { den: 1000 } });
quantity("time", { "s sec": 1, ms: { den: 1000 }, "min minutes": 60, "h hours": 3600 });
quantity("share", { "%": { den: 100 }, "1 ratio": 1 });

/** Physical value in the other unit; null if one of the units is unknown or they measure different things. Offsets are rounded to a nanounit. */
export function conversion(from: string, to: string): { readonly factor: number; readonly offset: number } | null {
  if (from === to) return { factor: 1, offset: 0 };
  const [a, b] = [UNITS.get(from.trim().toLowerCase()), UNITS.get(to.trim().toLowerCase())];
  if (a === undefined || b === undefined || a.quantity !== b.quantity) return null;
  const offset = ((a.offset - b.offset) * b.den) / b.num;
  return { factor: (a.num * b.den) / (a.den * b.num), offset: Math.round(offset * 1e9) / 1e9 };
}
