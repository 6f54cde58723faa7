import { describe, expect, it } from 'vitest';
import { createRig } from '../support/rig.ts';
import { HAS_TMUX, TmuxScreen } from '../support/tmux.ts';

const START = ['--intent', 'Build it', '--task-id', 'job', '--pairs', 'plan'];

describe.runIf(HAS_TMUX).each([40, 120])('a question in a terminal of %i columns', (columns) => {
  it('shows its keys and what is pasted, and takes several lines as one answer once Enter is pressed', async () => {
    const rules = [{ role: 'producer', times: 1, question: 'Which names?', supposition: 'Any' }] as const;
    await using rig = await createRig({ script: { rules } });
    using screen = new TmuxScreen(rig.sandbox, START, columns);
    await screen.shows(/Your answer:$/m);
    screen.paste('first\nsecond line\n\nand\tthe last');
    await screen.shows(/and +the last$/m);
    const lines = screen.lines();
    const at = lines.findIndex((line) => line.startsWith('Your answer:'));
    expect(lines.slice(at, at + 4)).toEqual(['Your answer: first', 'second line', '', 'and     the last']);
    expect(lines.slice(0, at).join(' ')).toMatch(/Which names\?.*Enter: go on with the supposition;.*skip.*Ctrl-C/s);
    expect(rig.events().some(({ event_type: type }) => type === 'clarified')).toBe(false);
    screen.press('Enter');
    expect(await screen.ends()).toBe(0);
    const answers = rig.events().flatMap((event) => (event.event_type === 'clarified' ? [event.clarification] : []));
    expect(answers).toMatchObject([{ source: 'human', answer: 'first\nsecond line\n\nand\tthe last' }]);
    expect(screen.lines().join('\n')).toContain('[SUCCESS]');
  });
});
