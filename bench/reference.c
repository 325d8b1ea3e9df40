/*
 * The yardstick of bench/kernel.ts: assembly/ written again in C, same design (frames staged per message in chunks of 512, flushed signal by
 * signal with SIMD, fields left where they lie, an id cache over the loaded tables, every length compared before it is used), over the same
 * tables, which the script loads with the product's own code and hands over as an image. And `rowmajor`: the same checks and exact values,
 * but one frame after the other, signal by signal.
 *
 * Not here: what no workload needs (values that come late, record ids of more than a byte, SD streams); meeting it ends the program.
 *
 * Reads commands, one per line, answers each with one line:
 *   records FILE | task IMAGE SLICES WORDS EXTREMES_AT TIMES_FROM CELLS | run staged|rowmajor (CPU ns) | check staged|rowmajor (hashes)
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef __AVX__
#include <immintrin.h>
#endif

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t i64;
typedef u64 words4 __attribute__((vector_size(32), aligned(8), may_alias));
typedef double doubles4 __attribute__((vector_size(32), aligned(8), may_alias));
typedef u8 bytes32 __attribute__((vector_size(32)));

/* --- Memory: addresses as in assembly/layout.ts ---------------------------------------------------------------- */

enum { ARENA_BYTES = 1 << 26, IMAGE = 0x10000, IMAGE_END = 0x100000, RECORDS_AT = 0x800000 };
enum { VLSD = 0x12000, VLSD_SLOT = 1408, RECORDS = 0x20000, EXACT = 0x50000, GROUPS = 0x70000, MESSAGES = 0x80000, OUT = 0x300000 };
enum { CHUNK_ROWS = 512, LENGTHS = 4096, WORDS = 5184, WORD_STRIDE = 4160 };
enum { COLUMNS, ENVELOPE, M4, NEAREST, STATS };
enum { KIND_OTHER = 1, KIND_STANDARD_D = 3, KIND_EXTENDED_D = 4, KIND_VALUE_B = 5, KIND_OTHER_FRAME = 7 };
enum { IN_PLACE, SHIFT13, SCALAR, FLOAT32, FLOAT64 };
enum { MULTIPLY, DIVIDE, DECIDE };
enum { USED = 1, SHORT = 2, FULL = 4 };
#define CHANNEL_HASH 0x85ebca6bu
#define NO_SOURCE 0xffffffffu

static u8 arena[ARENA_BYTES] __attribute__((aligned(4096)));

struct head {
  u32 stop, mode, id_bytes, is_last;
  i64 from_ns, to_ns, base_ns;
  double origin_ns, step_ns;
  u32 bucket_count, clamp, message_count;
};
struct record_entry {
  u32 size, kind, channel_key, hash_add, value_id, slot;
  u8 rest[488];
};
struct id_entry {
  u64 key;
  u32 message, taken;
};
struct message {
  u32 cursor;
  u16 min_need, max_need;
  u32 first_signal, signal_count, chunk, window_count;
  u8 chunk_short, column_short, transport, unused;
  u32 column_rows, column_rows_max, time_column, length_column, selector, windows;
  u8 rest[76];
};
struct signal {
  u8 unpack, is_big;
  u16 window;
  u8 shift, bits, is_signed, convert;
  u64 mask, sign;
  double magic, factor, offset, divisor;
  i64 numerator, addend;
  double plain_factor, plain_offset;
  u32 out, out_kind;
  u16 window2, need;
  u8 has_ninth, rest[27];
};
struct selector {
  u8 unused, is_big, shift, unused2;
  u32 range_count;
  u64 mask;
  u32 ranges, next;
  u16 need, at_byte;
};
struct range {
  u64 low;
  u32 message, unused;
};
struct run {
  u32 start, end, bucket;
};
struct slice {
  u32 start, end;
  i64 from_ns, to_ns;
  double origin_ns;
};
_Static_assert(sizeof(struct record_entry) == 512 && sizeof(struct message) == 128 && sizeof(struct signal) == 128, "layout.ts");

#define head ((struct head *)(arena + IMAGE))
struct known {
  u64 key;
  u32 message, whole_bytes;
};
static const struct known no_entry = {~0ull, 0, ~0u};
static struct known id_cache[4096];
static u64 counter_frames, counter_used, counter_unmatched, counter_inactive, counter_short, counter_outside, counter_other, counter_samples;

static inline u16 load16(const u8 *at) { u16 word; memcpy(&word, at, 2); return word; }
static inline u32 load32(const u8 *at) { u32 word; memcpy(&word, at, 4); return word; }
static inline u64 load64(const u8 *at) { u64 word; memcpy(&word, at, 8); return word; }
static inline double load_double(const u8 *at) { double value; memcpy(&value, at, 8); return value; }
static inline struct message *message_at(u32 at) { return (struct message *)(arena + at); }
static inline struct signal *signals_of(const struct message *message) { return (struct signal *)(arena + message->first_signal); }

static void fail(const char *why) {
  fprintf(stderr, "reference: %s\n", why);
  exit(1);
}

/* --- From identifier to message -------------------------------------------------------------------------------- */

static u32 hash(u64 key) { return ((u32)key + (u32)(key >> 32) * CHANNEL_HASH) * 0x9e3779b1u; }

static inline u16 *lengths_of(const u8 *chunk) { return (u16 *)(chunk + LENGTHS); }

static struct id_entry *probe(u32 table, u32 mask, u32 shift, u64 key) {
  struct id_entry *entries = (struct id_entry *)(arena + table);
  for (u32 at = hash(key) >> shift;; at = (at + 1) & mask)
    if (!entries[at].taken || entries[at].key == key) return entries + at;
}

/* Where in the payload each staged word starts. */
static inline const u16 *windows_of(const struct message *m) { return (const u16 *)(arena + m->windows); }

/* As wholeBytesOf() of assembly/lookup.ts. */
static u32 whole_bytes_of(u32 at) {
  const struct message *m = message_at(at);
  int is_plain = at && m->signal_count && !m->selector && m->window_count == 1 && windows_of(m)[0] == 0;
  return is_plain ? m->max_need : ~0u;
}

static __attribute__((noinline)) void resolve(u64 key, struct known *known) {
  u32 message = 0;
  struct id_entry *exact = probe(EXACT, 8191, 19, key);
  if (exact->taken) message = exact->message;
  else if ((u32)key & 0x20000000) {
    u32 id = (u32)key, group = ((id >> 16) & 0xff) < 240 ? (id >> 8) & 0x3ff00 : (id >> 8) & 0x3ffff;
    u64 channel = key & 0xffffffff00000000ull;
    if (probe(GROUPS, 4095, 20, channel | (group | 0x20000000))->taken) fail("a port, which no workload has");
    struct id_entry *of_source = probe(GROUPS, 4095, 20, channel | (group | (id & 0xff) << 18));
    if (of_source->taken) message = of_source->message;
    else if (probe(GROUPS, 4095, 20, channel | (group | 0x04000000))->taken) {
      *known = (struct known){~0ull, NO_SOURCE, ~0u};
      return;
    }
  }
  *known = (struct known){key, message, whole_bytes_of(message)};
}

static inline const struct known *find_known(u32 id, u32 channel, u32 hash_add) {
  struct known *known = id_cache + (((id + hash_add) * 0x9e3779b1u) >> 20);
  u64 key = id | (u64)channel << 32;
  if (known->key != key) resolve(key, known);
  return known;
}

/* --- Raw to physical ------------------------------------------------------------------------------------------- */

static u64 scalar_raw(const struct signal *s, const u8 *word, const u8 *ninth) {
  u64 bits = load64(word);
  if (s->is_big) bits = __builtin_bswap64(bits);
  if (s->has_ninth) {
    u64 more = load64(ninth) >> 56;
    bits = s->is_big ? bits << (8 - s->shift) | more >> s->shift : bits >> s->shift | more << (64 - s->shift);
  } else bits >>= s->shift;
  if (s->unpack == FLOAT64) return bits;
  if (s->unpack == FLOAT32) {
    float value;
    u32 low = (u32)bits;
    memcpy(&value, &low, 4);
    double wide = value;
    memcpy(&bits, &wide, 8);
    return bits;
  }
  u32 unused = 64 - s->bits;
  bits <<= unused;
  return s->is_signed ? (u64)((i64)bits >> unused) : bits >> unused;
}

static double scalar_physical(const struct signal *s, const u8 *word, const u8 *ninth) {
  u64 raw = scalar_raw(s, word, ninth);
  if (s->unpack != SCALAR) {
    double value;
    memcpy(&value, &raw, 8);
    return value * s->plain_factor + s->plain_offset;
  }
  double wide = s->is_signed ? (double)(i64)raw : (double)raw;
  if (s->convert == DECIDE && fabs(wide * (double)s->numerator + (double)s->addend) < 18014398509481984.0) {
    i64 sum = (i64)(raw * (u64)s->numerator + (u64)s->addend);
    if (sum < 9007199254740992 && sum > -9007199254740992) return (double)sum / s->divisor;
  }
  return wide * s->plain_factor + s->plain_offset;
}

static const bytes32 SWAP = {7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8, 23, 22, 21, 20, 19, 18, 17, 16, 31, 30, 29, 28, 27, 26, 25, 24};

static inline words4 splat(u64 word) { return (words4){word, word, word, word}; }
static inline doubles4 splat_double(double value) { return (doubles4){value, value, value, value}; }

/* Four fields to doubles; `SHIFT` and `IS_BIG` are constants where this is inlined. */
static inline __attribute__((always_inline)) doubles4 unpack4(const u8 *words, int shift, int is_big, words4 mask, words4 sign, doubles4 magic) {
  words4 word = *(const words4 *)words;
  if (is_big) word = (words4)__builtin_shuffle((bytes32)word, SWAP);
  word = (((word >> shift) & mask) ^ sign) | splat(0x4330000000000000ull);
  return (doubles4)word - magic;
}

static inline __attribute__((always_inline)) void unpack_rows(const struct signal *s, const u8 *words, u32 rows, double *out, int shift, int is_big, int convert) {
  words4 mask = splat(s->mask), sign = splat(s->sign);
  doubles4 magic = splat_double(s->magic), factor = splat_double(s->factor), offset = splat_double(s->offset), divisor = splat_double(s->divisor);
  for (u32 row = 0; row < rows; row += 4) {
    doubles4 value = unpack4(words + row * 8, shift, is_big, mask, sign, magic);
    if (convert != -1) value = value * factor + offset;
    if (convert == DIVIDE) value = value / divisor;
    *(doubles4 *)(out + row) = value;
  }
}

/* Raw × 2^position, or with `physical` the value itself. Writes up to three values more than `rows`. */
static void unpack_column(const struct signal *s, const u8 *words, const u8 *ninth, u32 rows, double *out, int physical) {
  if (s->unpack >= SCALAR) {
    for (u32 row = 0; row < rows; row++) out[row] = scalar_physical(s, words + row * 8, ninth + row * 8);
    return;
  }
  int convert = physical ? s->convert : -1, shift = s->unpack == SHIFT13 ? 13 : 0;
#define CASE(SHIFT, BIG, CONVERT) \
  if (shift == SHIFT && s->is_big == BIG && convert == CONVERT) { unpack_rows(s, words, rows, out, SHIFT, BIG, CONVERT); return; }
  CASE(0, 0, -1) CASE(13, 0, -1) CASE(0, 1, -1) CASE(13, 1, -1)
  CASE(0, 0, MULTIPLY) CASE(13, 0, MULTIPLY) CASE(0, 1, MULTIPLY) CASE(13, 1, MULTIPLY)
  CASE(0, 0, DIVIDE) CASE(13, 0, DIVIDE) CASE(0, 1, DIVIDE) CASE(13, 1, DIVIDE)
}

static inline double unpack_one(const struct signal *s, const u8 *word, const u8 *ninth) {
  if (s->unpack >= SCALAR) return scalar_physical(s, word, ninth);
  u64 bits = load64(word);
  if (s->is_big) bits = __builtin_bswap64(bits);
  if (s->unpack == SHIFT13) bits >>= 13;
  bits = ((bits & s->mask) ^ s->sign) | 0x4330000000000000ull;
  double value;
  memcpy(&value, &bits, 8);
  return value - s->magic;
}

/* --- Cells ----------------------------------------------------------------------------------------------------- */

/* b < a ? b : a and a < b ? b : a, lane by lane: one instruction each. */
#ifdef __AVX__
static inline doubles4 lesser(doubles4 a, doubles4 b) { return (doubles4)_mm256_min_pd((__m256d)b, (__m256d)a); }
static inline doubles4 greater(doubles4 a, doubles4 b) { return (doubles4)_mm256_max_pd((__m256d)b, (__m256d)a); }
#else
static inline doubles4 lesser(doubles4 a, doubles4 b) { words4 less = (words4)(b < a); return (doubles4)((less & (words4)b) | (~less & (words4)a)); }
static inline doubles4 greater(doubles4 a, doubles4 b) { words4 more = (words4)(a < b); return (doubles4)((more & (words4)b) | (~more & (words4)a)); }
#endif

static __attribute__((noinline)) void finite_extremes(const double *values, u32 start, u32 end, double *least, double *most) {
  double min = INFINITY, max = -INFINITY;
  for (u32 row = start; row < end; row++) {
    if (values[row] < min && values[row] > -INFINITY) min = values[row];
    if (values[row] > max && values[row] < INFINITY) max = values[row];
  }
  *least = min;
  *most = max;
}

static inline void extremes(const double *values, u32 start, u32 end, double *least, double *most) {
  double min = INFINITY, max = -INFINITY;
  if (end - start >= 4) {
    doubles4 low = splat_double(INFINITY), high = splat_double(-INFINITY);
    for (u32 row = start; row + 4 <= end; row += 4) {
      doubles4 value = *(const doubles4 *)(values + row);
      low = lesser(low, value);
      high = greater(high, value);
    }
    doubles4 value = *(const doubles4 *)(values + end - 4);
    low = lesser(low, value);
    high = greater(high, value);
    for (int lane = 0; lane < 4; lane++) {
      min = low[lane] < min ? low[lane] : min;
      max = high[lane] > max ? high[lane] : max;
    }
  } else {
    for (u32 row = start; row < end; row++) {
      min = values[row] < min ? values[row] : min;
      max = values[row] > max ? values[row] : max;
    }
  }
  *least = min;
  *most = max;
  if (min == -INFINITY || max == INFINITY) finite_extremes(values, start, end, least, most);
}

/* Which of the four lanes are true, as bits. */
#ifdef __AVX__
static inline u32 bits_of(words4 mask) { return (u32)_mm256_movemask_pd((__m256d)mask); }
#else
static inline u32 bits_of(words4 mask) { return (mask[0] & 1) | (mask[1] & 2) | (mask[2] & 4) | (mask[3] & 8); }
#endif

/* Time of the first row from `row` on with this value. There is one. */
static inline double time_of(double value, const double *values, const double *times, u32 row) {
  doubles4 wanted = splat_double(value);
  for (;; row += 4) {
    u32 hits = bits_of((words4)(*(const doubles4 *)(values + row) == wanted));
    if (hits) return times[row + (u32)__builtin_ctz(hits)];
  }
}

static inline void fold_extremes(double *cell, const double *values, const double *times, u32 start, u32 end) {
  double least, most;
  extremes(values, start, end, &least, &most);
  if (least > most) return;
  if (least < cell[0] || (least == cell[0] && times[start] < cell[2])) {
    double time = time_of(least, values, times, start);
    if (least < cell[0] || time < cell[2]) cell[0] = least, cell[2] = time;
  }
  if (most > cell[1] || (most == cell[1] && times[start] < cell[3])) {
    double time = time_of(most, values, times, start);
    if (most > cell[1] || time < cell[3]) cell[1] = most, cell[3] = time;
  }
}

static inline void fold_nearest(double *cell, double first, double first_time, double last, double last_time) {
  if (!(cell[1] <= first_time)) cell[0] = first, cell[1] = first_time;
  if (!(cell[3] > last_time)) cell[2] = last, cell[3] = last_time;
}

static inline void fold_run_ends(double *cell, const double *values, const double *times, u32 start, u32 end) {
  fold_nearest(cell, values[start], times[start], values[end - 1], times[end - 1]);
}

static inline void fold_stats(double *cell, const double *values, const double *times, u32 start, u32 end) {
  double least, most;
  extremes(values, start, end, &least, &most);
  if (least < cell[3]) cell[3] = least;
  if (most > cell[4]) cell[4] = most;
  doubles4 sum = splat_double(0), square = sum;
  u32 row = start;
  double finite = 0;
  for (; row + 4 <= end; row += 4) {
    doubles4 value = *(const doubles4 *)(values + row);
    sum += value;
    square += value * value;
    finite += 4;
  }
  double total = (sum[0] + sum[2]) + (sum[1] + sum[3]), squares = (square[0] + square[2]) + (square[1] + square[3]);
  for (; row < end; row++) {
    total += values[row];
    squares += values[row] * values[row];
    finite += 1;
  }
  if (!isfinite(squares)) {
    total = squares = finite = 0;
    for (row = start; row < end; row++) {
      if (!isfinite(values[row])) continue;
      total += values[row];
      squares += values[row] * values[row];
      finite += 1;
    }
  }
  cell[0] += finite;
  cell[1] += total;
  cell[2] += squares;
  fold_nearest(cell + 5, values[start], times[start], values[end - 1], times[end - 1]);
}

/* --- A full chunk leaves --------------------------------------------------------------------------------------- */

static double chunk_values[CHUNK_ROWS + 8] __attribute__((aligned(64)));
static struct run chunk_runs[CHUNK_ROWS];
static double kept_times[CHUNK_ROWS + 8];
static u64 kept_words[CHUNK_ROWS + 8], kept_ninths[CHUNK_ROWS + 8];

static u32 find_runs(const double *times, u32 rows) {
  double origin = head->origin_ns, step = head->step_ns, count = head->bucket_count;
  u32 found = 0;
  for (u32 row = 0; row < rows;) {
    double since = times[row] - origin, bucket = floor(since / step);
    if (bucket * step > since) bucket -= 1;
    else if ((bucket + 1) * step <= since) bucket += 1;
    double until = (bucket + 1) * step + origin;
    if (head->clamp) {
      if (bucket < 0) bucket = -1, until = origin;
      else if (bucket >= count) bucket = count, until = INFINITY;
      bucket += 1;
    }
    u32 end = row + 1;
    while (end + 8 < rows && times[end + 7] < until) end += 8;
    while (end < rows && times[end] < until) end++;
    chunk_runs[found++] = (struct run){row, end, (u32)bucket};
    row = end;
  }
  return found;
}

static int is_ascending(const double *times, u32 rows) {
  words4 descents = splat(0);
  u32 row = 0;
  for (; row + 4 < rows; row += 4) descents |= (words4)(*(const doubles4 *)(times + row + 1) < *(const doubles4 *)(times + row));
  for (; row + 1 < rows; row++)
    if (times[row + 1] < times[row]) return 0;
  return bits_of(descents) == 0;
}

static void sort_rows(struct message *m, double *times, u16 *lengths, u8 *words, u32 rows) {
  for (u32 i = 1; i < rows; i++)
    for (u32 j = i; j > 0 && times[j - 1] > times[j]; j--) {
      double time = times[j];
      u16 length = lengths[j];
      times[j] = times[j - 1], times[j - 1] = time;
      lengths[j] = lengths[j - 1], lengths[j - 1] = length;
      for (u32 w = 0; w < m->window_count; w++) {
        u64 *word = (u64 *)(words + w * WORD_STRIDE) + j, swapped = word[0];
        word[0] = word[-1], word[-1] = swapped;
      }
    }
}

static u32 keep_long_rows(const u8 *chunk, u32 rows, u32 need, const u8 *words, const u8 *ninths) {
  u32 kept = 0;
  for (u32 row = 0; row < rows; row++) {
    if (lengths_of(chunk)[row] < need) continue;
    kept_times[kept] = load_double(chunk + row * 8);
    kept_words[kept] = load64(words + row * 8);
    kept_ninths[kept++] = load64(ninths + row * 8);
  }
  return kept;
}

static void flush_cells(struct message *m, u32 rows, int is_short) {
  u8 *chunk = arena + m->chunk;
  double *times = (double *)chunk;
  if (!is_ascending(times, rows)) sort_rows(m, times, lengths_of(chunk), chunk + WORDS, rows);
  u32 runs = find_runs(times, rows), mode = head->mode;
  int runs_hold = 1;
  struct signal *signals = signals_of(m);
  for (u32 i = 0; i < m->signal_count; i++) {
    struct signal *s = signals + i;
    const u8 *words = chunk + WORDS + s->window * WORD_STRIDE, *ninths = chunk + WORDS + s->window2 * WORD_STRIDE;
    const double *row_times = times;
    u32 kept = is_short ? keep_long_rows(chunk, rows, s->need, words, ninths) : rows;
    if (kept < rows) {
      words = (u8 *)kept_words, ninths = (u8 *)kept_ninths, row_times = kept_times;
      runs = find_runs(kept_times, kept);
      runs_hold = 0;
    } else if (!runs_hold) {
      runs = find_runs(times, rows);
      runs_hold = 1;
    }
    counter_samples += kept;
    double *cells = (double *)(arena + s->out);
    if (mode == NEAREST && runs * 4 < kept) {
      for (struct run *run = chunk_runs; run < chunk_runs + runs; run++) {
        u32 start = run->start, end = run->end - 1;
        double first = unpack_one(s, words + start * 8, ninths + start * 8), last = unpack_one(s, words + end * 8, ninths + end * 8);
        fold_nearest(cells + run->bucket * 4, first, row_times[start], last, row_times[end]);
      }
      continue;
    }
    const double *values = chunk_values;
    unpack_column(s, words, ninths, kept, chunk_values, 0);
    const struct run *runs_end = chunk_runs + runs;
#define EACH_RUN for (const struct run *run = chunk_runs; run < runs_end; run++)
    if (mode == ENVELOPE) EACH_RUN fold_extremes(cells + run->bucket * 4, values, row_times, run->start, run->end);
    else if (mode == M4) EACH_RUN {
      fold_extremes(cells + run->bucket * 8, values, row_times, run->start, run->end);
      fold_run_ends(cells + run->bucket * 8 + 4, values, row_times, run->start, run->end);
    }
    else if (mode == NEAREST) EACH_RUN fold_run_ends(cells + run->bucket * 4, values, row_times, run->start, run->end);
    else EACH_RUN fold_stats(cells + run->bucket * 10, values, row_times, run->start, run->end);
  }
}

static u32 flush_columns(struct message *m, u32 rows, int is_short) {
  const u8 *chunk = arena + m->chunk;
  u32 before = m->column_rows;
  memcpy(arena + m->time_column + before * 8, chunk, rows * 8);
  memcpy(arena + m->length_column + before * 2, chunk + LENGTHS, rows * 2);
  m->column_short |= is_short;
  struct signal *signals = signals_of(m);
  for (u32 i = 0; i < m->signal_count; i++) {
    struct signal *s = signals + i;
    const u8 *words = chunk + WORDS + s->window * WORD_STRIDE, *ninths = chunk + WORDS + s->window2 * WORD_STRIDE;
    double *out = (double *)(arena + s->out) + before;
    if (s->out_kind == 0) unpack_column(s, words, ninths, rows, out, 1);
    else for (u32 row = 0; row < rows; row++) ((u64 *)out)[row] = scalar_raw(s, words + row * 8, ninths + row * 8);
    u32 kept = rows;
    if (is_short) {
      kept = 0;
      for (u32 row = 0; row < rows; row++) kept += lengths_of(chunk)[row] >= s->need;
    }
    counter_samples += kept;
  }
  m->column_rows = before + rows;
  return m->column_rows + CHUNK_ROWS > m->column_rows_max ? FULL : 0;
}

static __attribute__((noinline)) u32 flush(struct message *m) {
  u32 rows = m->cursor;
  if (rows == 0) return 0;
  int is_short = m->chunk_short;
  m->cursor = 0;
  m->chunk_short = 0;
  if (head->mode == COLUMNS) return flush_columns(m, rows, is_short);
  flush_cells(m, rows, is_short);
  return 0;
}

/* --- Staging --------------------------------------------------------------------------------------------------- */

static u32 select_message(const struct selector *selector, const u8 *payload, u32 bytes) {
  if (bytes < selector->need) return NO_SOURCE;
  u64 word = load64(payload + selector->at_byte);
  if (selector->is_big) word = __builtin_bswap64(word);
  u64 raw = (word >> selector->shift) & selector->mask;
  const struct range *ranges = (const struct range *)(arena + selector->ranges);
  u32 low = 0, high = selector->range_count;
  while (high - low > 1) {
    u32 middle = (low + high) >> 1;
    if (ranges[middle].low <= raw) low = middle;
    else high = middle;
  }
  return ranges[low].message;
}

typedef u32 (*put)(struct message *m, const u8 *payload, u32 bytes, double time);

static inline u32 put_staged(struct message *m, const u8 *payload, u32 bytes, double time) {
  u32 row = m->cursor;
  u8 *chunk = arena + m->chunk, *word = chunk + WORDS + row * 8;
  ((double *)chunk)[row] = time;
  lengths_of(chunk)[row] = bytes;
  if (bytes < m->max_need) m->chunk_short = 1;
  *(u64 *)word = load64(payload + windows_of(m)[0]);
  for (u32 w = 1; w < m->window_count; w++) *(u64 *)(word + w * WORD_STRIDE) = load64(payload + windows_of(m)[w]);
  m->cursor = row + 1;
  return row + 1 == CHUNK_ROWS ? flush(m) | USED : USED;
}

/* Record-major: every signal of the frame at once, straight into its column. */
static inline u32 put_row(struct message *m, const u8 *payload, u32 bytes, double time) {
  u32 row = m->column_rows;
  ((double *)(arena + m->time_column))[row] = time;
  ((u16 *)(arena + m->length_column))[row] = bytes;
  if (bytes < m->max_need) m->column_short = 1;
  struct signal *s = signals_of(m), *end = s + m->signal_count;
  for (; s < end; s++) {
    const u8 *word = payload + windows_of(m)[s->window];
    double *out = (double *)(arena + s->out) + row;
    counter_samples += bytes >= s->need;
    if (s->out_kind) *(u64 *)out = scalar_raw(s, word, payload + windows_of(m)[s->window2]);
    else if (s->unpack >= SCALAR) *out = scalar_physical(s, word, payload + windows_of(m)[s->window2]);
    else {
      u64 bits = load64(word);
      if (s->is_big) bits = __builtin_bswap64(bits);
      if (s->unpack == SHIFT13) bits >>= 13;
      bits = ((bits & s->mask) ^ s->sign) | 0x4330000000000000ull;
      double value;
      memcpy(&value, &bits, 8);
      value = (value - s->magic) * s->factor + s->offset;
      *out = s->convert == DIVIDE ? value / s->divisor : value;
    }
  }
  m->column_rows = row + 1;
  return row + 1 == m->column_rows_max ? FULL | USED : USED;
}

static inline __attribute__((always_inline)) u32 stage_one(put into, struct message *m, const u8 *payload, u32 bytes, double time) {
  if (m->signal_count == 0) return 0;
  return bytes < m->min_need ? SHORT : into(m, payload, bytes, time);
}

static __attribute__((noinline)) u32 stage_selected(put into, struct message *m, const u8 *payload, u32 bytes, double time) {
  u32 staged = 0;
  for (u32 at = m->selector; at != 0;) {
    const struct selector *selector = (const struct selector *)(arena + at);
    u32 message = select_message(selector, payload, bytes);
    if (message == NO_SOURCE) staged |= SHORT;
    else if (message != 0) {
      staged |= stage_one(into, message_at(message), payload, bytes, time);
      staged |= stage_selected(into, message_at(message), payload, bytes, time);
    }
    at = selector->next;
  }
  return staged;
}

static inline __attribute__((always_inline)) u32 stage(put into, struct message *m, const u8 *payload, u32 bytes, double time) {
  u32 staged = stage_one(into, m, payload, bytes, time);
  if (m->selector) staged |= stage_selected(into, m, payload, bytes, time);
  return staged;
}

/* --- The walk -------------------------------------------------------------------------------------------------- */

static inline void count(u32 staged) {
  if (staged & USED) counter_used++;
  else if (staged & SHORT) counter_short++;
  else counter_inactive++;
}

static int drain_hashes;
static void drain(void);
static u64 counter_others;

static __attribute__((noinline)) void take_other(put into, u32 message, i64 time, const u8 *payload, u32 bytes) {
  if (message == NO_SOURCE) fail("a source address the tables do not have");
  counter_others++;
  int is_outside = (u64)(time - head->from_ns) >= (u64)(head->to_ns - head->from_ns);
  if (is_outside) {
    counter_outside++;
    if (!head->clamp) return;
  }
  u32 staged = stage(into, message_at(message), payload, bytes, (double)(time - head->base_ns));
  if (!is_outside) count(staged);
  if (staged & FULL) drain();
}

/* Of a message without multiplexor, one word, long enough for all signals: no more questions. */
static inline int put_whole(struct message *m, const u8 *payload, u32 bytes, double time) {
  u32 row = m->cursor;
  u8 *chunk = arena + m->chunk;
  ((double *)chunk)[row] = time;
  ((u64 *)(chunk + WORDS))[row] = load64(payload);
  lengths_of(chunk)[row] = bytes;
  m->cursor = row + 1;
  return row + 1 == CHUNK_ROWS;
}

static inline __attribute__((always_inline)) void take(put into, const struct known *known, i64 from, u64 span, i64 base, i64 time, const u8 *payload, u32 bytes) {
  u32 message = known->message;
  if (bytes < known->whole_bytes || (u64)(time - from) >= span) take_other(into, message, time, payload, bytes);
  else if (into == put_staged) {
    if (put_whole(message_at(message), payload, bytes, (double)(time - base)) && flush(message_at(message)) & FULL) drain();
  } else if (put_row(message_at(message), payload, bytes, (double)(time - base)) & FULL) drain();
}

/* Runs of one record id, as assembly/scan.ts walks them; one loop with all checks each. */
static inline __attribute__((always_inline)) void scan(put into, const u8 *p, const u8 *end) {
  const i64 from = head->from_ns, base = head->base_ns;
  const u64 span = head->to_ns > from ? (u64)(head->to_ns - from) : 0;
  const struct record_entry *entries = (const struct record_entry *)(arena + RECORDS);
  u64 frames = 0, unmatched = 0;
  while (p < end) {
    const u8 record_id = *p, *start = p;
    const struct record_entry *entry = entries + record_id;
    const u32 channel = entry->channel_key, hash_add = entry->hash_add;
    if (entry->kind == KIND_STANDARD_D) {
      for (; p < end && *p == record_id && p + 17 <= end; p += 17) {
        const struct known *known = find_known(load16(p + 7) & 0x7ff, channel, hash_add);
        u32 bytes = p[8] >> 4;
        if (known->message == 0) unmatched++;
        else take(into, known, from, span, base, (i64)(load64(p - 1) >> 16) * 1000, p + 9, bytes > 8 ? 8 : bytes);
      }
      frames += (u64)(p - start) / 17;
    } else if (entry->kind == KIND_EXTENDED_D) {
      for (; p < end && *p == record_id && p + 20 <= end; p += 20) {
        const struct known *known = find_known((load32(p + 7) & 0x1fffffff) | 0x20000000, channel, hash_add);
        u32 bytes = p[11] & 15;
        if (known->message == 0) unmatched++;
        else take(into, known, from, span, base, (i64)(load64(p - 1) >> 16) * 1000, p + 12, bytes > 8 ? 8 : bytes);
      }
      frames += (u64)(p - start) / 20;
    } else if (entry->kind == KIND_VALUE_B) {
      u64 *running = (u64 *)(arena + VLSD + entry->slot * VLSD_SLOT), offset = *running;
      const u32 value_id = entry->value_id;
      while (p < end && *p == record_id && p + 28 <= end) {
        u32 value_bytes = load32(p + 24);
        if (p[23] != value_id || load64(p + 15) != offset || value_bytes > 64) fail("a value does not follow its frame");
        if (p + 28 + value_bytes > end) break;
        u32 word = load32(p + 9), of_channel = (word >> 1) & 3, bytes = p[13] >> 1;
        const struct known *known = find_known(word >> 3 | (word & 1) << 29, of_channel, of_channel * CHANNEL_HASH);
        if (known->message == 0) unmatched++;
        else take(into, known, from, span, base, (i64)nearbyint(load_double(p + 1)), p + 28, bytes > value_bytes ? value_bytes : bytes);
        offset += 4 + value_bytes;
        p += 28 + value_bytes;
        frames++;
      }
      *running = offset;
    } else if (entry->kind == KIND_OTHER || entry->kind == KIND_OTHER_FRAME) {
      if (p + 1 + entry->size > end) break;
      frames += entry->kind == KIND_OTHER_FRAME;
      counter_other += entry->kind == KIND_OTHER_FRAME;
      counter_others += entry->kind == KIND_OTHER_FRAME;
      p += 1 + entry->size;
    } else fail("a record of a kind no workload should have");
    if (p == start) break;
  }
  counter_frames += frames;
  counter_unmatched += unmatched;
  counter_used += frames - unmatched - counter_others;
  counter_others = 0;
}

static __attribute__((noinline)) void scan_staged(const u8 *p, const u8 *end) {
  scan(put_staged, p, end);
  for (u32 i = 0; i < head->message_count; i++) flush(message_at(MESSAGES + i * 128));
}
static __attribute__((noinline)) void scan_row_major(const u8 *p, const u8 *end) { scan(put_row, p, end); }

/* --- Hashes of everything that came out, as bench/hash.ts computes them ------------------------------------------ */

static u32 time_hashes[1024], value_hashes[2048], cell_hash;

static u32 hash_words(u32 h, const u8 *at, u64 bytes) {
  for (const u8 *end = at + bytes; at < end; at += 4) {
    h = (h ^ load32(at)) * 0x9e3779b1u;
    h ^= h >> 15;
  }
  return h;
}

static void drain(void) {
  for (u32 i = 0; i < head->message_count; i++) {
    struct message *m = message_at(MESSAGES + i * 128);
    u32 rows = m->column_rows;
    if (rows == 0) continue;
    m->column_rows = 0;
    m->column_short = 0;
    if (!drain_hashes) continue;
    time_hashes[i] = hash_words(time_hashes[i], arena + m->time_column, rows * 8);
    struct signal *signals = signals_of(m), *all = (struct signal *)(arena + 0xa0000);
    for (u32 k = 0; k < m->signal_count; k++) {
      u32 *h = value_hashes + (signals + k - all);
      *h = hash_words(*h, arena + signals[k].out, rows * 8);
    }
  }
}

/* --- Commands -------------------------------------------------------------------------------------------------- */

static u8 image[IMAGE_END - IMAGE];
static struct slice *slices;
static u32 slice_count, cell_words, cell_count;
static int cell_extremes_at, cell_times_from;

static u64 read_file(const char *path, u8 *into, u64 most) {
  FILE *file = fopen(path, "rb");
  if (!file) fail(path);
  u64 bytes = fread(into, 1, most, file);
  fclose(file);
  return bytes;
}

static void clear_cells(void) {
  double *cell = (double *)(arena + OUT);
  for (u32 i = 0; i < cell_count; i++, cell += cell_words)
    for (u32 w = 0; w < cell_words; w++)
      cell[w] = (int)w == cell_extremes_at ? INFINITY : (int)w == cell_extremes_at + 1 ? -INFINITY : (int)w >= cell_times_from ? NAN : 0;
}

static u64 thread_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (u64)now.tv_sec * 1000000000u + now.tv_nsec;
}

/* The whole of the records, slice by slice; clearing cells and hashing are not timed. */
static u64 run(int is_row_major, int is_check) {
  memcpy(arena + IMAGE, image, sizeof image);
  for (u32 i = 0; i < 4096; i++) id_cache[i] = no_entry;
  counter_frames = counter_used = counter_unmatched = counter_inactive = counter_short = counter_outside = counter_other = counter_samples = 0;
  memset(time_hashes, 0, sizeof time_hashes);
  memset(value_hashes, 0, sizeof value_hashes);
  cell_hash = 0;
  drain_hashes = is_check;
  u64 ns = 0;
  for (struct slice *slice = slices; slice < slices + slice_count; slice++) {
    clear_cells();
    head->from_ns = slice->from_ns;
    head->to_ns = slice->to_ns;
    head->origin_ns = slice->origin_ns;
    u64 started = thread_ns();
    if (is_row_major) scan_row_major(arena + slice->start, arena + slice->end);
    else scan_staged(arena + slice->start, arena + slice->end);
    ns += thread_ns() - started;
    if (is_check && cell_count) cell_hash = hash_words(cell_hash, arena + OUT, (u64)cell_count * cell_words * 8);
  }
  drain();
  return ns;
}

int main(void) {
  static char line[4096], first[2048], second[2048];
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "records %2047s", first) == 1) {
      read_file(first, arena + RECORDS_AT, ARENA_BYTES - RECORDS_AT);
      puts("ok");
    } else if (sscanf(line, "task %2047s %2047s %u %d %d %u", first, second, &cell_words, &cell_extremes_at, &cell_times_from, &cell_count) == 6) {
      read_file(first, image, sizeof image);
      slices = slices ? slices : malloc(1 << 20);
      slice_count = read_file(second, (u8 *)slices, 1 << 20) / sizeof *slices;
      puts("ok");
    } else if (sscanf(line, "run %2047s", first) == 1) {
      printf("%llu\n", (unsigned long long)run(first[0] == 'r', 0));
    } else if (sscanf(line, "check %2047s", first) == 1) {
      run(first[0] == 'r', 1);
      printf("%llu %llu %llu %llu %llu %llu %llu %llu %x", (unsigned long long)counter_frames, (unsigned long long)counter_used,
             (unsigned long long)counter_unmatched, (unsigned long long)counter_inactive, (unsigned long long)counter_short,
             (unsigned long long)counter_outside, (unsigned long long)counter_other, (unsigned long long)counter_samples, cell_hash);
      for (u32 i = 0; i < head->message_count; i++) {
        struct message *m = message_at(MESSAGES + i * 128);
        printf(" %x", time_hashes[i]);
        u32 at = (m->first_signal - 0xa0000) / 128;
        for (u32 k = 0; k < m->signal_count; k++) printf(" %x", value_hashes[at + k]);
      }
      puts("");
    } else fail("unknown command");
    fflush(stdout);
  }
  return 0;
}
