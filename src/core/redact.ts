/** Replaces what has the shape of a secret by `[redacted <kind>]`. Idempotent, in linear time, for text of any length. */
export function redactTokens(text: string): string {
  return SHAPES.reduce((rest, [shape, replacement]) => rest.replace(shape, replacement), text);
}

/** The same for every text in a document of plain data, however deep; the names of fields stay. */
export function redactIn<T>(document: T): T {
  if (typeof document === 'string') return redactTokens(document) as T;
  if (Array.isArray(document)) return document.map((item: unknown) => redactIn(item)) as T;
  if (typeof document !== 'object' || document === null) return document;
  return Object.fromEntries(Object.entries(document).map(([name, value]) => [name, redactIn<unknown>(value)])) as T;
}

/** What of a text has the shape of a secret, each once, in linear time. */
export function tokensIn(text: string): readonly string[] {
  return [...new Set(SHAPES.flatMap(([pattern]) => text.match(pattern) ?? []))];
}

/** Where a token may begin: not within a word, but right behind an escaped newline or tab, as in JSON. */
const EDGE = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))`;

/** As `EDGE`, and not behind a dash: for a shape that would else be tried at many places of one run of its own characters. */
const RUN_EDGE = String.raw`(?:(?<![\w-])|(?<=\\[nrt]))`;

/** Words joined by dashes are a name; a secret has a digit soon, or a long part without a dash. */
const RANDOM = String.raw`(?=[A-Za-z._~+/-]{0,80}\d|[A-Za-z0-9]{20})`;

/** Whole, or cut off after some lines; in a file, or in a string with its newlines escaped. */
const PRIVATE_KEY =
  String.raw`-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----` +
  String.raw`(?:[^-]{0,40000}(?:-(?!----)[^-]{0,40000}){0,40}-----END [A-Z0-9 ]{1,60}-----` +
  String.raw`|(?:(?:\s|\\[nr]){1,40}[A-Za-z0-9+/=]{32,10000}){1,400})`;

/**
 * Published token shapes.
 * Linear: a match begins at an edge or a literal, nothing looks ahead without a bound, and no two quantifiers that follow each
 * other can take the same character. Bounded: engines keep a stack for what they repeat, and fail on tens of megabytes.
 * Idempotent: none takes a bracket or a space, and each takes all letters and digits up to its end, so that a replacement never
 * makes room for another match.
 */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [new RegExp(PRIVATE_KEY, 'g'), '[redacted private key]'],
  [/(:\/\/)[^\s/@:[\]"'<>`]{0,2000}:[^\s/?#[\]"'<>`]{1,2000}@/g, '$1[redacted credentials]@'],
  [
    shape(
      EDGE,
      String.raw`(authorization["']?[ \t]{0,8}[:=][ \t]{0,8}["']?(?:bearer|basic|token)[ \t]{1,8})[^\s"'\x60,;[\]]{1,}`,
      'gi',
    ),
    '$1[redacted credentials]',
  ],
  [shape(EDGE, String.raw`(bearer[ \t]{1,8})${RANDOM}[\w.~+/-]{20,}={0,2}`, 'gi'), '$1[redacted credentials]'],
  [shape(RUN_EDGE, String.raw`eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}`), '[redacted JWT]'],
  [shape(EDGE, String.raw`sk-ant-[\w-]{16,}`), '[redacted Anthropic key]'],
  [shape(EDGE, String.raw`sk-${RANDOM}[\w-]{20,}`), '[redacted API key]'],
  [shape(EDGE, String.raw`(?:gh[oprsu]_[A-Za-z0-9]{20,}|github_pat_\w{20,})`), '[redacted GitHub token]'],
  [shape(EDGE, String.raw`xox[abeoprs]-[A-Za-z0-9-]{10,}`), '[redacted Slack token]'],
  [shape(EDGE, String.raw`(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])`), '[redacted AWS key]'],
  [shape(EDGE, String.raw`AIza[\w-]{30,}`), '[redacted Google key]'],
  [shape(EDGE, String.raw`npm_[A-Za-z0-9]{30,}`), '[redacted npm token]'],
  [
    shape(EDGE, String.raw`(aws_?secret_?access_?key["']?[ \t]{0,8}[:=][ \t]{0,8}["']?)[A-Za-z0-9/+]{30,}={0,2}`, 'gi'),
    '$1[redacted AWS secret]',
  ],
  [shape(EDGE, String.raw`(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}`), '[redacted Stripe key]'],
  [
    /(\bmachine[ \t]{1,8}[^\s[\]]{1,255}\s{1,8}login[ \t]{1,8}[^\s[\]]{1,255}\s{1,8}password[ \t]{1,8})[^\s[\]\\"]{1,1000}/g,
    '$1[redacted password]',
  ],
  [shape(EDGE, String.raw`glpat-[\w-]{20,}`), '[redacted GitLab token]'],
];

/** The pattern at its edge; `{n,}` gets an upper bound that no token reaches. */
function shape(edge: string, pattern: string, flags = 'g'): RegExp {
  return new RegExp(edge + pattern.replaceAll(',}', ',100000}'), flags);
}
