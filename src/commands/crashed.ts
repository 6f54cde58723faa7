import { isTold, noticeOf } from '../core/notices.ts';
import { Problem } from '../core/problem.ts';
import { openMachineFolder } from '../files/machine-folder.ts';
import { lockHolder } from '../inspect/lock-holder.ts';
import { quoted } from '../core/shell-word.ts';
import { chooseRun, viewRun } from '../inspect/run-view.ts';
import { send } from '../notify/send.ts';
import { Told } from '../notify/told.ts';
import { stateFiles } from '../store/layout.ts';
import { resolveSettings } from '../work/settings.ts';
import { processEnvironment } from '../terminal/at-terminal.ts';

/**
 * Tells of a run whose process died without saying so: started by its watchdog, with nobody to print for. Does nothing where somebody
 * works on the run again, or it was told before.
 */
export async function tellOfCrash(workspace: string): Promise<void> {
  try {
    const holder = await lockHolder(stateFiles(workspace));
    if (holder?.alive !== false) return;
    const { settings } = await resolveSettings({ workspace, ...processEnvironment() }, {});
    const { notify } = settings;
    if (!isTold(notify, 'crashed')) return;
    const { runId } = holder;
    const { found, known, standing } = await viewRun(workspace, await chooseRun({ workspace, taskId: null, runId }));
    if (standing !== 'crashed') return;
    const { taskId } = found;
    const resumeCommand = `autoloop --resume --workspace ${quoted(workspace)} --task-id ${taskId} --run-id ${runId}`;
    const text = 'Its process is gone: killed, or the machine had no memory left. Nothing is lost: resume it.';
    const happening = { topic: 'crashed', seq: known.state.seq, text, status: null } as const;
    const notice = noticeOf(happening, { workspace, taskId, runId, resumeCommand, pageUrl: notify.pageUrl });
    if (!new Told(openMachineFolder(workspace)).claim(notice)) return;
    const again = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
    await send(notice, notify, { env: process.env, again, stop: new AbortController().signal });
  } catch (error) {
    if (!(error instanceof Problem)) throw error; // Whoever resumes is told of it.
  }
}
