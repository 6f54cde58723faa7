import { escaped, SANS } from './colours.mjs';

const WIDTH = 640;
const HEIGHT = 500;

/** The figure of the loop as an SVG: the four pairs in a row, and below what goes on inside each of them. */
export function loopFigure(theme) {
  const parts = [
    ...pairs(theme),
    ...aroundPairs(theme),
    `<rect x="8" y="216" width="624" height="276" rx="12" fill="${theme.panel}" stroke="${theme.line}" stroke-opacity="0.5"/>`,
    text({ x: 28, y: 250, words: 'Inside each pair', size: 19, weight: 600, anchor: 'start' }, theme),
    ...players(theme),
    ...betweenPlayers(theme),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" font-family="${SANS}">`,
    '<title>The loop: plan, then implement and test phase by phase, then an audit; gaps lead to a follow-up run. In each pair a producer edits, checks run, and a verifier judges.</title>',
    `<rect width="${WIDTH}" height="${HEIGHT}" rx="12" fill="${theme.paper}"/>`,
    `<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" fill="${theme.line}"/></marker></defs>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function pairs(theme) {
  const names = ['Plan', 'Implement', 'Test', 'Audit'];
  return names.flatMap((name, index) =>
    box({ x: 8 + index * 164, y: 62, width: 132, height: 62, name, colour: theme.strong }, theme),
  );
}

function aroundPairs(theme) {
  return [
    arrow('M140 93H168', theme),
    arrow('M304 93H332', theme),
    arrow('M468 93H496', theme),
    arrow('M402 62V50Q402 40 392 40H248Q238 40 238 50V58', theme),
    text({ x: 320, y: 28, words: 'next phase', size: 17, fill: theme.faint }, theme),
    arrow('M566 124V156Q566 166 556 166H84Q74 166 74 156V128', theme),
    text({ x: 320, y: 192, words: 'gaps: a follow-up run closes them', size: 17, fill: theme.faint }, theme),
    text({ x: 566, y: 28, words: 'no gap:', size: 17, fill: theme.faint }, theme),
    text({ x: 566, y: 50, words: 'success', size: 17, weight: 600, fill: theme.green }, theme),
    text({ x: 74, y: 50, words: 'your request', size: 17, fill: theme.faint }, theme),
  ];
}

function players(theme) {
  return [
    ...box({ x: 28, y: 322, width: 142, height: 70, name: 'Producer', note: 'an agent edits' }, theme),
    ...box({ x: 249, y: 322, width: 142, height: 70, name: 'Checks', note: 'your tests run' }, theme),
    ...box({ x: 470, y: 322, width: 142, height: 70, name: 'Verifier', note: 'an agent judges' }, theme),
  ];
}

function betweenPlayers(theme) {
  return [
    arrow('M170 357H245', theme),
    text({ x: 208, y: 346, words: 'commit', size: 15, fill: theme.faint }, theme),
    arrow('M391 357H466', theme),
    text({ x: 428, y: 346, words: 'hold', size: 15, fill: theme.faint }, theme),
    arrow('M541 322V290Q541 280 551 280H604', theme),
    text({ x: 527, y: 286, words: 'complete: the next pair', size: 17, fill: theme.green, anchor: 'end' }, theme),
    arrow('M541 392V434Q541 444 531 444H97Q87 444 87 434V396', theme),
    `<path d="M320 392V444" fill="none" stroke="${theme.line}" stroke-width="2"/>`,
    text({ x: 320, y: 474, words: 'incomplete, or a test fails: the next cycle', size: 17, fill: theme.faint }, theme),
  ];
}

function box({ x, y, width, height, name, note, colour }, theme) {
  const middle = x + width / 2;
  const stroke = colour ?? theme.line;
  const shape = `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="9" fill="${theme.paper}" stroke="${stroke}" stroke-width="2"/>`;
  const title = { x: middle, y: y + (note === undefined ? height / 2 + 7 : 30), words: name, size: 20, weight: 600 };
  const below =
    note === undefined ? [] : [text({ x: middle, y: y + 54, words: note, size: 16, fill: theme.faint }, theme)];
  return [shape, text({ ...title, fill: colour ?? theme.ink }, theme), ...below];
}

function arrow(way, theme) {
  return `<path d="${way}" fill="none" stroke="${theme.line}" stroke-width="2" marker-end="url(#tip)"/>`;
}

function text({ x, y, words, size, weight = 400, fill, anchor = 'middle' }, theme) {
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" fill="${fill ?? theme.ink}">${escaped(words)}</text>`;
}
