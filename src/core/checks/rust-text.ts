/** A run of outer attributes in a text of Rust, and the names of what encloses it, the outermost first. */
export interface RustMark {
  readonly from: number;
  readonly to: number;
  readonly within: readonly string[];
}

/** Every run of attributes. Only as much of the language is read as tells text from comments, and braces from their contents. */
export function rustMarks(text: string): readonly RustMark[] {
  const marks: RustMark[] = [];
  const within: string[] = [];
  let [at, begin] = [0, 0];
  while (at < text.length) {
    const next = afterToken(text, at);
    const character = text[at];
    if (character === '{') {
      within.push(/\b(?:mod|impl|trait|fn)\b[^{]*$/.exec(text.slice(begin, at))?.[0].replace(/\s+/g, ' ').trim() ?? '');
      begin = next;
    } else if (character === '}') {
      within.pop();
      begin = next;
    } else if (character === ';') {
      begin = next;
    } else if (character === '#' && /^#\s*\[/.test(text.slice(at, at + 20))) {
      const to = endOfAttributes(text, at);
      marks.push({ from: at, to, within: within.filter((name) => name !== '') });
      at = to;
      begin = to;
      continue;
    }
    at = next;
  }
  return marks;
}

/** Where the item ends that begins here: behind its braces, or its semicolon. */
export function endOfItem(text: string, from: number): number {
  const endsWithSemicolon = /^\s*(?:pub(?:\s*\([^)]*\))?\s+)?(?:use|const|static|type|extern\s+crate)\s(?!fn\b)/.test(
    text.slice(from, from + 200),
  );
  let depth = 0;
  for (let at = from; at < text.length; at = afterToken(text, at)) {
    const character = text[at] ?? '';
    if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) {
      depth -= 1;
      if (depth < 0) return at;
      if (depth === 0 && character === '}' && !endsWithSemicolon) return at + 1;
    } else if (character === ';' && depth === 0) return at + 1;
  }
  return text.length;
}

function endOfAttributes(text: string, from: number): number {
  let end = from;
  for (let at = from; at < text.length;) {
    const gap = /^(?:\s|\/\/[^\n]*(?:\n|$))*#\s*(?=\[)/.exec(text.slice(at));
    if (gap === null) break;
    end = endOfBrackets(text, at + gap[0].length);
    at = end;
  }
  return end;
}

function endOfBrackets(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at = afterToken(text, at)) {
    if (text[at] === '[') depth += 1;
    if (text[at] === ']') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** Behind the comment, the literal or else the character that begins here. */
function afterToken(text: string, at: number): number {
  const two = text.slice(at, at + 2);
  if (two === '//') return endOr(text.indexOf('\n', at), text);
  if (two === '/*') return afterComment(text, at);
  const character = text[at];
  if (character === '"') return afterString(text, at);
  if (character === "'") return afterQuote(text, at);
  if (/[rbc]/.test(character ?? '') && !/\w/.test(text[at - 1] ?? '')) {
    const raw = /^(?:[bc]?r)(#*)"/.exec(text.slice(at, at + 40));
    if (raw !== null) {
      const close = `"${raw[1] ?? ''}`;
      const end = text.indexOf(close, at + raw[0].length);
      return end === -1 ? text.length : end + close.length;
    }
  }
  return at + 1;
}

function endOr(index: number, text: string): number {
  return index === -1 ? text.length : index;
}

/** Comments nest. */
function afterComment(text: string, from: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  let depth = 0;
  for (let found = marks.exec(text); found !== null; found = marks.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return text.length;
}

function afterString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** A character, or a lifetime, whose quote stands alone. */
function afterQuote(text: string, at: number): number {
  const literal = /^'(?:\\(?:u\{[^}]*\}|x..|.)|[^'\\])'/su.exec(text.slice(at, at + 16));
  return at + (literal?.[0].length ?? 1);
}
