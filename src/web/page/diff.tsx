import parseDiff from 'parse-diff';
import type { PatchAnswer } from '../documents.ts';

/** Files beyond so many begin folded. */
const MOST_OPEN = 5;
/** Lines of one file that are drawn; a file that changed more says so. */
const MOST_LINES = 2_000;

/** A checkpoint's patch, file by file. The text of the file is a text and nothing else. */
export function Diff({ patch }: { patch: PatchAnswer }) {
  const files = parseDiff(patch.text);
  if (files.length === 0) return <p class="quiet">No file of the sources changed.</p>;
  return (
    <div class="diff">
      {files.map((file, i) => (
        <DiffFile key={i} file={file} isOpen={files.length <= MOST_OPEN} />
      ))}
      {patch.is_cut && <p class="quiet">Cut here: the patch is longer than 1 MB. The terminal shows it whole.</p>}
    </div>
  );
}

function DiffFile({ file, isOpen }: { file: parseDiff.File; isOpen: boolean }) {
  const lines = file.chunks.flatMap((chunk) => [chunk.content, ...chunk.changes]);
  return (
    <details open={isOpen}>
      <summary>
        <span class="path">{nameOf(file)}</span>
        <span class="counts">
          <span class="added">+{file.additions}</span> <span class="deleted">−{file.deletions}</span>
        </span>
      </summary>
      <div class="scroll" tabIndex={0} role="region" aria-label={`Changes of ${nameOf(file)}`}>
        <table class="lines">
          <tbody>
            {lines.slice(0, MOST_LINES).map((line, i) =>
              typeof line === 'string' ? (
                <tr key={i} class="hunk">
                  <td />
                  <td>{line}</td>
                </tr>
              ) : (
                <tr key={i} class={line.type}>
                  <td class="number">{numberOf(line)}</td>
                  <td>{line.content}</td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      </div>
      {lines.length > MOST_LINES && <p class="quiet">{lines.length - MOST_LINES} more lines are not drawn.</p>}
    </details>
  );
}

function nameOf({ from, to, deleted }: parseDiff.File): string {
  if (deleted === true) return `${from ?? ''} (deleted)`;
  return from === undefined || from === to || from === '/dev/null' ? (to ?? '') : `${from} → ${to ?? ''}`;
}

function numberOf(line: parseDiff.Change): number {
  return line.type === 'normal' ? line.ln2 : line.ln;
}
