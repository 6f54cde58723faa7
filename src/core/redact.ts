/** Replaces what has the shape of a secret by `[redacted <kind>]`. Idempotent, in linear time. */
export function redactTokens(text: string): string {
  return SHAPES.reduce((rest, [shape, replacement]) => rest.replace(shape, replacement), text);
}

/**
 * Published token shapes. What keeps them linear: each match begins at a word's edge or a literal, and no two quantifiers
 * that follow each other can take the same character. What keeps them idempotent: no shape takes a bracket or a space, and each takes
 * all letters and digits up to its end, so that a replacement never makes room for another match.
 */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [
    // Whole, or cut off after some lines; in a file or in a string with its newlines escaped.
    /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[^-]*(?:-(?!----)[^-]*)*-----END [A-Z0-9 ]{1,60}-----|(?:(?:\s|\\[nr]){1,40}[A-Za-z0-9+/=]{32,})+)/g,
    '[redacted private key]',
  ],
  [/(:\/\/)[^\s/@:[\]"'<>`]*:[^\s/?#[\]"'<>`]+@/g, '$1[redacted credentials]@'],
  [
    /\b(authorization["']?[ \t]{0,8}[:=][ \t]{0,8}["']?(?:bearer|basic|token)[ \t]{1,8})[^\s"'`,;[\]]+/gi,
    '$1[redacted credentials]',
  ],
  [/\b(bearer[ \t]{1,8})(?=[A-Za-z._~+/-]*\d)[A-Za-z0-9._~+/-]{20,}=*/gi, '$1[redacted credentials]'],
  [/(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g, '[redacted JWT]'],
  [/(?<![A-Za-z0-9])sk-ant-[A-Za-z0-9_-]{16,}/g, '[redacted Anthropic key]'],
  [/(?<![A-Za-z0-9])sk-(?=[A-Za-z_-]*\d|[A-Za-z0-9]{20})[A-Za-z0-9_-]{20,}/g, '[redacted API key]'],
  [/(?<![A-Za-z0-9])(?:gh[oprsu]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/g, '[redacted GitHub token]'],
  [/(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10,}/g, '[redacted Slack token]'],
  [/(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/g, '[redacted AWS key]'],
  [/(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30,}/g, '[redacted Google key]'],
  [/(?<![A-Za-z0-9])npm_[A-Za-z0-9]{30,}/g, '[redacted npm token]'],
  [/(?<![A-Za-z0-9])glpat-[A-Za-z0-9_-]{20,}/g, '[redacted GitLab token]'],
];
