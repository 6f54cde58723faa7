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

/** What stands for one character in a string of some language, or colours what follows: letters of it are no word. */
const ESCAPED = [
  String.raw`\\[abefnrtv]`,
  String.raw`\\u[0-9A-Fa-f]{4}`,
  String.raw`\\x[0-9A-Fa-f]{2}`,
  String.raw`%[0-9A-Fa-f]{2}`,
  String.raw`\[[0-9;]{0,12}m`,
].join('|');

/** Where a token may begin: not within a word, but right behind an escaped newline, as in JSON, or a colour of a terminal. */
const EDGE = String.raw`(?:(?<![A-Za-z0-9])|(?<=${ESCAPED}))`;

/** As `EDGE`, and not behind a dash: for a shape that would else be tried at many places of one run of its own characters. */
const RUN_EDGE = String.raw`(?:(?<![\w-])|(?<=${ESCAPED}))`;

/** Words joined by dashes are a name; a secret has a digit soon, or a long part without a dash. */
const RANDOM = String.raw`(?=[A-Za-z._~+/-]{0,80}\d|[A-Za-z0-9]{20})`;

/** A quotation mark, plain or within a string of another one, or the end of a word in Markdown or in brackets. */
const QUOTES = String.raw`(?:\\?["'\x60]|[*\])]){0,4}`;

/** Between a name and its value, on one line: `=`, `": "`, `', '`, ` => `. */
const ASSIGNED = String.raw`${QUOTES}[ \t]{0,40}(?::=|=>|[:=,]|\\u003[ad])[*\x60]{0,3}[ \t]{0,40}${QUOTES}`;

/** Space between words, new lines and their escaped forms among it. */
const SPACE = String.raw`(?:\s|\\[nrt]){1,40}`;

/** What stands in the place of a value: a variable, a call in a template, or a word in brackets of some kind. */
const NO_NAME =
  String.raw`(?!(?:\$?\{{1,2}[^{}\s]{1,100}\}{1,2}|\$[A-Za-z_]\w{0,100}|<[^<>\n]{1,100}>)(?![^\s"'\x60@\\,;)])` +
  String.raw`|\\?\$\{[\w.]{1,100}\()`;

/** A character of a value that ends at a space or a quotation mark, but none of what was put in the place of a secret. */
const VALUE = String.raw`(?:[^\s"'\x60,;[\]\\]|\[(?!redacted )|\](?![\s"'\x60,;)]|$)|\\(?![\s"'\x60nrt]))`;

/** The name of the secret half of an AWS key, and what leads to its value: an assignment, the next line, the next argument or cell. */
const AWS_NAME =
  String.raw`(?:aws[_-]?)?secret[_-]?access[_-]?key` +
  String.raw`(?:[\s:=,|>("'\x60*\])-]|\\["'\x60nrt]|\\u003[ad]){1,60}`;

/** A password of netrc, which takes all but space; or in quotation marks. */
const PASSWORD = String.raw`(?:"[^"\n]{1,1000}"|(?:[^\s"[\\]|\[(?!redacted )|\\(?!["nrt])){1,1000})`;

/** From `password` of a netrc line on, with what may stand before it. */
const LOGIN = String.raw`(?:login|account)${SPACE}[^\s[\]\\"]{1,255}${SPACE}`;

/** Between the lines of a private key: in a quotation, a removed part of a diff, or a string with its newlines escaped. */
const BETWEEN = String.raw`(?:[\s>|-]|\\[nr]|\\u000[aAdD]){1,40}`;

/** Whole, or cut off after some lines. */
const PRIVATE_KEY =
  String.raw`(?:-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----|---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----)` +
  String.raw`(?:[^-]{0,40000}(?:-(?!---[ -])[^-]{0,40000}){0,40}(?:-----END [A-Z0-9 ]{1,60}-----|---- END [A-Z0-9 ]{1,60} ----)` +
  String.raw`|(?:(?:\s|\\[nr]){1,4}[>|-]{0,3}[ \t]{0,4}[A-Z][A-Za-z]{2,10}(?:-[A-Z][a-z]{1,10})?: [^\n\\]{1,200}){0,4}` +
  String.raw`(?:${BETWEEN}[A-Za-z0-9+/=]{32,10000}){1,400}` +
  String.raw`(?:(?:${BETWEEN}[A-Za-z0-9+/=]{1,31})?${BETWEEN}END [A-Z0-9 ]{1,60}-----?)?)`;

/** The end of a line within a string, and what may stand before the next line's text. */
const NEXT_LINE = String.raw`(?:\r?\n|(?:\\r)?\\n)[ \t]{0,40}(?:[>|][ \t]{0,8}){0,4}`;

/** The private lines of a key in PuTTY's format; the last one may be short, and a word of what follows them is none. */
const PUTTY_LINES =
  String.raw`(Private-Lines: \d{1,4}${NEXT_LINE})[A-Za-z0-9+/]{32,10000}={0,2}` +
  String.raw`(?:${NEXT_LINE}[A-Za-z0-9+/]{2,10000}={0,2}(?![^\r\n"'\x60\\])){0,400}`;

/** Where a program that wraps lines may have cut a token in two: as such, in a quotation, in quoted-printable mail, in a string that goes on. */
const CUT = String.raw`(?:[=\\]?${NEXT_LINE})`;

/** A token of one length, however it is cut: nothing but that length tells its rest from a word. It has a digit. */
function cut(start: string, character: string, length: number): string {
  const ahead = String.raw`(?=(?:[A-Za-z_+/-]|${CUT}){0,${length}}\d)`;
  return `${start}${ahead}(?:${CUT}?${character}){${length}}(?!${character})`;
}

/** A character of a wrapped JWT; a line that begins another one is none of it. */
const IN_JWT = String.raw`(?:(?:${CUT}(?!eyJ))?[\w-])`;

/** A wrapped JWT: two JSON objects and a signature, which has one of these lengths. */
const WRAPPED_JWT =
  String.raw`eyJ${IN_JWT}{8,4000}${CUT}?\.${CUT}?eyJ${IN_JWT}{8,20000}${CUT}?\.` +
  `(?:${[683, 512, 342, 176, 128, 86, 64, 43].map((length) => `${IN_JWT}{${length}}`).join('|')})(?![\\w-])`;

/** A port, or what stands in its place: behind it is a path. */
const PORT = String.raw`(?:\d{1,5}|[Pp][Oo][Rr][Tt]|[Xx]{2,5}|\*|%[a-z]|\$?\{{1,2}[^{}\s]{1,100}\}{1,2}|\$\w{1,100})[/?#]`;

/** A part of a password, and what stands between two: addresses have no address within them. */
const PART = String.raw`(?:[^\s/?#@:[\]"'<>\x60(),;|]|:(?!\\?/\\?/)){0,2000}`;

/** A password with a slash, `?` or `#` in it, up to the host; before it a name that is no host. */
const SLASHED = String.raw`[^\s/:@.[\]"'<>\x60]{0,2000}:${NO_NAME}(?!${PORT}|[/?#])${PART}(?:[/?#]${PART}){1,40}(?:@${PART}){0,40}@(?=[\w$%{[])`;

/** What keys and tokens of services are called, in header fields, variables, options and JSON. */
const KEY_NAME = String.raw`(?:api|auth|access|private|secret|security|subscription|vault|gitlab|client|refresh|bot)[-_]?(?:key|token|secret)`;

/** Long, and letters beside digits more than once: no word, path, name of something or call. */
const KEY_VALUE =
  String.raw`(?!/)(?=[\w+/~-]{0,40}?(?:[A-Za-z]\d|\d[A-Za-z])[\w+/~-]{0,40}?(?:[A-Za-z]\d|\d[A-Za-z]))` +
  String.raw`[\w+/~-]{16,}(?:\.[\w+/~-]{1,}){0,4}(?![\w+/~-]|\.\w|[([])={0,2}`;

/**
 * Published token shapes.
 * Linear: a match begins at an edge or a literal, nothing looks ahead without a bound, and no two quantifiers that follow each
 * other can take the same character. Bounded: engines keep a stack for what they repeat, and fail on tens of megabytes.
 * Idempotent: none takes what another one has put there, and each takes all letters and digits up to its end and needs an edge only
 * before these, so that a replacement never makes room for another match.
 */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [new RegExp(PRIVATE_KEY, 'g'), '[redacted private key]'],
  [new RegExp(PUTTY_LINES, 'g'), '$1[redacted private key]'],
  [
    shape(
      '',
      String.raw`(:(?://|\\/\\/))[^\s/:[\]"'<>\x60]{0,2000}:${NO_NAME}[^\s/?#[\]"'<>\x60]{1,2000}@(?!sha(?:256|512):)`,
    ),
    '$1[redacted credentials]@',
  ],
  [shape('', String.raw`(:(?://|\\/\\/))${SLASHED}`), '$1[redacted credentials]@'],
  [
    shape(
      '',
      String.raw`(%3A%2F%2F)(?:[^\s/@:%&"'<>[\]]|%(?!3A|40|2F)){0,2000}%3A(?:[^\s/@:%&"'<>[\]]|%(?!3A|40|2F)){1,2000}%40`,
      'gi',
    ),
    '$1[redacted credentials]%40',
  ],
  [
    shape(
      EDGE,
      String.raw`(authorization${ASSIGNED}(?:bearer|basic|token|apikey)(?:[ \t]|\\ ){1,8})${NO_NAME}${VALUE}{1,}`,
      'gi',
    ),
    '$1[redacted credentials]',
  ],
  [shape(EDGE, String.raw`(bearer${SPACE})${RANDOM}[\w.~+/-]{20,}={0,2}`, 'gi'), '$1[redacted credentials]'],
  [shape(RUN_EDGE, WRAPPED_JWT), '[redacted JWT]'],
  [shape(RUN_EDGE, String.raw`eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}`), '[redacted JWT]'],
  [shape(EDGE, cut(String.raw`sk-ant-[a-z]{3,5}\d\d-`, String.raw`[\w-]`, 95)), '[redacted Anthropic key]'],
  [shape(EDGE, String.raw`sk-ant-[\w-]{16,}`), '[redacted Anthropic key]'],
  [shape(EDGE, String.raw`sk-${RANDOM}[\w-]{20,}`), '[redacted API key]'],
  [shape(EDGE, cut('gh[oprsu]_', '[A-Za-z0-9]', 36)), '[redacted GitHub token]'],
  [shape(EDGE, cut('github_pat_', String.raw`\w`, 82)), '[redacted GitHub token]'],
  [shape(EDGE, String.raw`(?:gh[oprsu]_[A-Za-z0-9]{20,}|github_pat_\w{20,})`), '[redacted GitHub token]'],
  [shape(EDGE, String.raw`(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,}`), '[redacted Slack token]'],
  [shape(EDGE, String.raw`(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])`), '[redacted AWS key]'],
  [shape(EDGE, cut('AIza', String.raw`[\w-]`, 35)), '[redacted Google key]'],
  [shape(EDGE, String.raw`AIza[\w-]{30,}`), '[redacted Google key]'],
  [shape(EDGE, cut('npm_', '[A-Za-z0-9]', 36)), '[redacted npm token]'],
  [shape(EDGE, String.raw`npm_[A-Za-z0-9]{30,}`), '[redacted npm token]'],
  [
    shape(
      '',
      String.raw`((?:${EDGE}_authToken|:_auth|:_password)[ \t]{0,8}=[ \t]{0,8}"?)(?=[A-Za-z+/.-]{0,80}\d|[A-Za-z]{16})[\w+/.-]{8,}={0,2}`,
    ),
    '$1[redacted npm token]',
  ],
  [shape(EDGE, cut(`(${AWS_NAME})`, String.raw`(?:[A-Za-z0-9+]|\\?/)`, 40), 'gi'), '$1[redacted AWS secret]'],
  [shape(EDGE, String.raw`(${AWS_NAME})(?:[A-Za-z0-9+]|\\?/){30,}={0,2}`, 'gi'), '$1[redacted AWS secret]'],
  [shape(EDGE, String.raw`(?:(?:sk|rk|pk)_(?:live|test)_|whsec_)[A-Za-z0-9]{16,}`), '[redacted Stripe key]'],
  [
    shape(
      EDGE,
      String.raw`((?:(?:machine${SPACE}[^\s[\]\\"]{1,255}|(?<=(?:^|\n|\\n)[ \t]{0,40})default)${SPACE}(?:${LOGIN}){1,3}` +
        String.raw`|machine${SPACE}[^\s[\]\\".]{1,255}\.[^\s[\]\\"]{1,255}${SPACE})password${SPACE})${NO_NAME}${PASSWORD}`,
    ),
    '$1[redacted password]',
  ],
  [shape(EDGE, String.raw`glpat-[\w-]{20,}`), '[redacted GitLab token]'],
  [shape('', `(${EDGE}${KEY_NAME}${ASSIGNED}|--${KEY_NAME}[ \\t]{1,8})${KEY_VALUE}`, 'gi'), '$1[redacted API key]'],
];

/** The pattern at its edge; `{n,}` gets an upper bound that no token reaches. */
function shape(edge: string, pattern: string, flags = 'g'): RegExp {
  return new RegExp(edge + pattern.replaceAll(',}', ',100000}'), flags);
}
