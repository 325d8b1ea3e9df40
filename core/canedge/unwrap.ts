/** A container of a store as the plain MF4 inside it, through up to three layers of compression and encryption in any order (formats: canedge.md §8). */
import { FaultError } from "../fault.ts";
import { KernelPool } from "../kernel/kernel.ts";
import { formatOf } from "../mdf/foreign.ts";
import { Flights } from "../store/flights.ts";
import type { ByteSource, LogStore } from "../store/source.ts";
import { decompressedSource, type Measured, measure } from "./compressed.ts";
import { type CompressedHeader, type EncryptedHeader, type OpenedLog, parseContainer, type UnpackedBytes } from "./container.ts";
import { CONTAINER_HEAD_BYTES } from "./container-head.ts";
import { decryptedSource, isAuthentic, type Locked, type OnPass } from "./encrypted.ts";
import { createKeyring } from "./keyring.ts";
import type { OpenLogsOptions } from "./open-log.ts";
import { mergedPasswords, passwordOf, storedPasswords } from "./passwords.ts";

/** A layer whose first pass is done. */
type Layer =
  | { readonly header: CompressedHeader; readonly measured: Measured }
  | { readonly header: EncryptedHeader; readonly locked: Omit<Locked, "outer"> };

const LAYERS_MAX = 3;
/** Every log begins with an identification of so many bytes. */
const ID_BYTES = 64;
/** What is known of logs, by key and version. */
const KNOWN_MAX = 16_384;
/** Seek points of all logs; above, those of the logs opened first are thinned out. */
const POINTS_BYTES_MAX = 24 * 1024 * 1024;
/**
 * A larger layer whose first block is no log is not read to its end only to tell a wrong password from a foreign file that is encrypted
 * well: with one wrong password a whole bucket would be read for nothing.
 */
const FOREIGN_BYTES_MAX = 1024 * 1024;

/** `head`: the first CONTAINER_HEAD_BYTES of the container. */
export type Unwrap = (outer: ByteSource, head: Uint8Array, signal: AbortSignal) => Promise<OpenedLog>;

/**
 * Opens containers whatever they hold. Each layer is gone through once per version of its file (size and checksum of a compressed one, the
 * tag of an encrypted one); nothing decrypted leaves here before its tag is verified.
 */
export function unwrapper(store: LogStore, options: OpenLogsOptions): Unwrap {
  const { module, kernelsMax } = options;
  // A layer waits for the one around it: kernels of one pool could all wait for each other.
  const pools = Array.from({ length: LAYERS_MAX }, () => new KernelPool(module, kernelsMax));
  const keyring = createKeyring(undefined, { shared: options.shared ?? false });
  const stored = storedPasswords(store);
  const known = new Map<string, readonly Layer[]>();
  const refused = new Map<string, { readonly password: string; readonly fault: FaultError }>();
  const flights = new Flights<readonly Layer[]>();

  function sourceOf(outer: ByteSource, layers: readonly Layer[], unpacked: UnpackedBytes): ByteSource {
    return layers.reduce((source, layer, depth) => {
      if (layer.header.kind === "encrypted" && "locked" in layer)
        return decryptedSource({ ...layer.locked, outer: source }, unpacked);
      if (layer.header.kind === "compressed" && "measured" in layer)
        return decompressedSource({ outer: source, header: layer.header, codecs: poolAt(depth) }, layer.measured, unpacked);
      return source;
    }, outer);
  }
  const poolAt = (depth: number): KernelPool => pools[depth] as KernelPool;

  async function unwrap(
    outer: ByteSource,
    outerHead: Uint8Array,
    unpacked: UnpackedBytes,
    signal: AbortSignal,
  ): Promise<readonly Layer[]> {
    const layers: Layer[] = [];
    let keep: (() => void) | null = null;
    while (true) {
      const source = sourceOf(outer, layers, unpacked);
      const headBytes = Math.min(CONTAINER_HEAD_BYTES, source.sizeBytes);
      const head = layers.length === 0 ? outerHead : await source.read(0, headBytes, signal);
      const header = parseContainer(head, source.sizeBytes, outer.key);
      if (header === null) {
        if (layers.length > 0) checkInside(head, source.sizeBytes, outer.key, layers);
        // Around another layer, which may be encrypted, nothing is kept.
        if (layers.length === 1) keep?.();
        return layers;
      }
      if (layers.length === LAYERS_MAX) throw tooDeep(outer.key);
      const codecs = poolAt(layers.length);
      let doneBytes = 0;
      const onPass: OnPass = (windowBytes) => {
        doneBytes += windowBytes;
        return options.onPass?.({ key: outer.key, windowBytes, bytes: doneBytes, bytesAll: source.sizeBytes });
      };
      if (header.kind === "compressed") {
        const kept = layers.length === 0 ? await options.index?.open(outer, signal) : undefined;
        const before = (await kept?.measured(header)) ?? null;
        const measured = before ?? (await measure({ outer: source, header, codecs }, unpacked, signal, onPass));
        if (before === null) keep = () => kept?.keepMeasured(measured, header);
        layers.push({ header, measured });
      } else {
        const locked = await unlock(source, header, codecs, signal, onPass);
        layers.push({ header, locked });
      }
    }
  }

  /** Faults: `access/password-needed`, `access/password-wrong`, `access/not-authentic`, `access/no-cryptography`, `limit/too-large`. */
  async function unlock(
    outer: ByteSource,
    header: EncryptedHeader,
    codecs: KernelPool,
    signal: AbortSignal,
    onPass: OnPass,
  ): Promise<Omit<Locked, "outer">> {
    const given = options.passwords?.() ?? new Map<string, string>();
    // Who gave the device's own password needs no list of the store, which may be broken.
    const list = given.has(header.device) ? given : mergedPasswords([given, await stored(signal)]);
    const password = passwordOf(list, header.device);
    if (password === null) throw passwordNeeded(header, outer.key);
    const name = `${outer.version}\n${outer.key}`;
    const before = refused.get(name);
    if (before?.password === password) throw before.fault;
    const { cryptography } = keyring;
    const key = await keyring.key(password, header, outer.key);
    const locked: Locked = { outer, header, key, cryptography };
    const plain = decryptedSource(locked, { decrypted: 0, decompressed: 0 });
    const isLog = isStartOfLog(await plain.read(0, Math.min(16, plain.sizeBytes), signal));
    const mayBeForeign = isLog || plain.sizeBytes <= FOREIGN_BYTES_MAX;
    if (mayBeForeign && (await isAuthentic(locked, codecs, signal, onPass))) return { header, key, cryptography };
    const fault = isLog ? notAuthentic(header, outer.key) : passwordWrong(header, outer.key);
    keep(refused, name, { password, fault });
    throw fault;
  }

  return async (outer, head, signal) => {
    const name = `${outer.version}\n${outer.key}`;
    const unpacked: UnpackedBytes = { decrypted: 0, decompressed: 0 };
    let layers = known.get(name);
    if (!layers) {
      const first = (inner: AbortSignal) => unwrap(outer, head, unpacked, inner);
      layers = await (options.shared ? flights.join(name, signal, first) : first(signal));
      keep(known, name, layers);
      thinOut(known);
    }
    const [outermost] = layers;
    if (outermost === undefined) return { source: outer, outer, container: null };
    const opened: OpenedLog = {
      source: sourceOf(outer, layers, unpacked),
      outer,
      container: outermost.header,
      layers: layers.map(({ header }) => header),
      unpacked,
    };
    return opened;
  };
}

function keep<Value>(map: Map<string, Value>, name: string, value: Value): void {
  if (map.size >= KNOWN_MAX) map.delete(map.keys().next().value ?? "");
  map.set(name, value);
}

/** Keeps the seek points of all logs within bounds. */
function thinOut(known: ReadonlyMap<string, readonly Layer[]>): void {
  const measured = [...known.values()].flatMap((layers) =>
    layers.flatMap((layer) => ("measured" in layer ? [layer.measured] : [])),
  );
  let heldBytes = measured.reduce((sum, { points }) => sum + points.heldBytes, 0);
  for (const { points } of measured) {
    if (heldBytes <= POINTS_BYTES_MAX) return;
    heldBytes -= points.heldBytes;
    points.thin();
    heldBytes += points.heldBytes;
  }
}

/** Says what came out where it is no log, with the bytes that a report of it needs. Faults: `input/not-mdf`, `input/empty`. */
function checkInside(head: Uint8Array, sizeBytes: number, object: string, layers: readonly Layer[]): void {
  const wrapped = layers.map(({ header }) => `${header.kind} ${header.version}`).join(" around ");
  if (sizeBytes === 0) {
    const message = `The container (${wrapped}) is empty inside: there is no log in it`;
    throw new FaultError({
      code: "input/empty",
      message,
      object,
      atByte: layers[0]?.header.dataAtByte ?? 0,
      found: 0,
      allowed: ID_BYTES,
    });
  }
  if (isStartOfLog(head)) return;
  const { sentence } = formatOf(head);
  const known = sentence.startsWith("it starts with") ? "" : `; ${sentence}`;
  const hex = Array.from(head.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw new FaultError({
    code: "input/not-mdf",
    message: `This is not an MDF log: what its container (${wrapped}) holds is ${sizeBytes} bytes that begin with ${hex}${known}`,
    object,
    atByte: layers[0]?.header.dataAtByte ?? 0,
    found: hex,
    allowed: "a log",
  });
}

/** The magic of an MDF file, or of another layer. */
const isStartOfLog = (bytes: Uint8Array): boolean => /^(Generic File|UnFinMF {1}|MDF {5})/.test(String.fromCharCode(...bytes));

const passwordNeeded = ({ device }: EncryptedHeader, object: string): FaultError =>
  new FaultError({
    code: "access/password-needed",
    message: `This log is encrypted: a password for device ${device} is needed`,
    object,
    atByte: 0,
    found: device,
  });

const passwordWrong = ({ device }: EncryptedHeader, object: string): FaultError =>
  new FaultError({
    code: "access/password-wrong",
    message: `The password for device ${device} does not open this log, or its header is damaged: what it decrypts to is no log`,
    object,
    atByte: CONTAINER_HEAD_BYTES,
    found: device,
  });

const notAuthentic = ({ device, dataEndByte }: EncryptedHeader, object: string): FaultError =>
  new FaultError({
    code: "access/not-authentic",
    message: `This log was changed or cut after encryption: the password for device ${device} opens it, but it does not match its own check value`,
    object,
    atByte: dataEndByte,
    found: device,
  });

const tooDeep = (object: string): FaultError =>
  new FaultError({
    code: "input/unsupported",
    message: `The log lies inside more than ${LAYERS_MAX} containers`,
    object,
    atByte: 0,
    found: LAYERS_MAX + 1,
    allowed: LAYERS_MAX,
  });
