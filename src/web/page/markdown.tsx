import { Lexer, type Token, type Tokens } from 'marked';
import type { ComponentChildren, VNode } from 'preact';

/**
 * Papers are Markdown that agents wrote: marked's lexer reads it, and what comes out are elements with text, never markup. The section
 * of the title `without` is left out: the page tells it elsewhere.
 */
export function Markdown({ text, without }: { text: string; without?: string }) {
  const tokens = tokensOf(text);
  return tokens === null ? <pre class="paper">{text}</pre> : <div class="prose">{blocks(kept(tokens, without))}</div>;
}

function kept(tokens: readonly Token[], without: string | undefined): readonly Token[] {
  let isKept = true;
  return tokens.filter((token) => {
    if (token.type === 'heading' && (token as Tokens.Heading).depth <= 2) isKept = token['text'] !== without;
    return isKept;
  });
}

/** Longer or deeper than what anybody writes, a text is shown as it is: it could stop the page. */
const MOST_CHARACTERS = 300_000;
const MOST_NESTED = /^(?:[ \t]*(?:>|[-*+]|\d+[.)])[ \t]*){30}/m;

/** Null: it is not read as Markdown. */
function tokensOf(text: string): readonly Token[] | null {
  if (text.length > MOST_CHARACTERS || MOST_NESTED.test(text)) return null;
  try {
    return new Lexer({ gfm: true }).lex(text);
  } catch {
    return null;
  }
}

function blocks(tokens: readonly Token[]): ComponentChildren {
  return tokens.map((token, i) => <Block key={i} token={token} />);
}

function Block({ token }: { token: Token }): ComponentChildren {
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'heading':
      return heading(token as Tokens.Heading);
    case 'paragraph':
      return <p>{inline(token)}</p>;
    case 'code':
      return (
        <pre tabIndex={0}>
          <code>{(token as Tokens.Code).text}</code>
        </pre>
      );
    case 'blockquote':
      return <blockquote>{blocks((token as Tokens.Blockquote).tokens)}</blockquote>;
    case 'hr':
      return <hr />;
    case 'list':
      return list(token as Tokens.List);
    case 'table':
      return table(token as Tokens.Table);
    case 'text':
      return <>{inline(token)}</>;
    default:
      return <p class="raw">{token.raw}</p>; // Markup and whatever the lexer learns later: shown as it was written.
  }
}

/** A page has one title of its own: headings of papers begin a level below. */
function heading({ depth, ...token }: Tokens.Heading): VNode {
  const text = inline(token);
  if (depth === 1) return <h2>{text}</h2>;
  return depth === 2 ? <h3>{text}</h3> : <h4>{text}</h4>;
}

function list({ ordered, start, items }: Tokens.List): VNode {
  const entries = items.map((item, i) => (
    <li key={i} class={item.task ? 'task' : undefined}>
      {item.task && (
        <span class="box" role="img" aria-label={item.checked === true ? 'ticked' : 'open'}>
          {item.checked === true ? '☑' : '☐'}
        </span>
      )}
      {blocks(item.tokens.filter(({ type }) => type !== 'checkbox'))}
    </li>
  ));
  return ordered ? <ol start={start === '' ? 1 : start}>{entries}</ol> : <ul>{entries}</ul>;
}

function table({ header, rows }: Tokens.Table): VNode {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Table">
      <table>
        <thead>
          <tr>
            {header.map((cell, i) => (
              <th key={i} scope="col">
                {inline(cell)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <td key={j}>{inline(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inline(token: { tokens?: Token[]; text?: string; raw?: string }): ComponentChildren {
  return token.tokens?.map((part, i) => <Inline key={i} token={part} />) ?? token.text ?? token.raw;
}

function Inline({ token }: { token: Token }): ComponentChildren {
  switch (token.type) {
    case 'strong':
      return <strong>{inline(token)}</strong>;
    case 'em':
      return <em>{inline(token)}</em>;
    case 'del':
      return <del>{inline(token)}</del>;
    case 'codespan':
      return <code>{(token as Tokens.Codespan).text}</code>;
    case 'br':
      return <br />;
    case 'link':
    case 'image':
      return link(token as Tokens.Link);
    case 'text':
      return inline(token);
    case 'escape':
      return (token as Tokens.Escape).text;
    default:
      return token.raw;
  }
}

/** Shown with its target and not followed: an agent may have chosen it. */
function link(token: Tokens.Link | Tokens.Image): VNode {
  const text = inline(token);
  return token.raw === token.href ? (
    <span class="target">{token.href}</span>
  ) : (
    <span>
      {text} <span class="target">({token.href})</span>
    </span>
  );
}
