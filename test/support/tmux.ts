import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { until } from './marked-processes.ts';
import { commandUnderTest, type Sandbox } from './sandbox.ts';

/** Whether this machine has one. */
export const HAS_TMUX = spawnSync('tmux', ['-V']).status === 0;

/** The program in a terminal that draws what it is sent, so that a test can look at it as a person does. */
export class TmuxScreen implements Disposable {
  readonly #sandbox: Sandbox;
  readonly #socket: string;
  /** Where the program's exit code is written once it has ended. */
  readonly #code: string;

  /** Starts the program in the workspace, in a window of so many columns. */
  constructor(sandbox: Sandbox, args: readonly string[], columns: number) {
    this.#sandbox = sandbox;
    this.#socket = path.join(sandbox.root, 'tmux');
    this.#code = path.join(sandbox.root, 'tmux-code');
    const { file, args: first } = commandUnderTest();
    const size = ['-x', String(columns), '-y', '50'];
    // tmux itself may miss that a program has ended, and then never knows its code.
    const shell = ['sh', '-c', 'code=$0; "$@"; echo $? > "$code.part"; mv "$code.part" "$code"', this.#code];
    this.#tmux(
      ...['start-server', ';', 'set-option', '-g', 'remain-on-exit', 'on', ';', 'new-session', '-d', ...size],
      ...['-c', sandbox.workspace, '--', ...shell, file, ...first, ...args],
    );
  }

  /** What stands on the screen, line by line, a line that was wrapped as the lines that it takes. */
  lines(): string[] {
    return this.#tmux('capture-pane', '-p')
      .split('\n')
      .map((line) => line.trimEnd());
  }

  /** Waits until a text stands on the screen. */
  async shows(pattern: RegExp): Promise<void> {
    const shown = () => this.lines().join('\n');
    await until(
      () => `${String(pattern)} on the screen:\n${shown()}`,
      () => pattern.test(shown()),
    );
  }

  /** Pastes as a terminal does: between marks where the program asks for them. */
  paste(text: string): void {
    this.#tmux('set-buffer', '--', text);
    this.#tmux('paste-buffer', '-p');
  }

  /** Presses a key by its name in tmux: `Enter`, `C-c`. */
  press(key: string): void {
    this.#tmux('send-keys', key);
  }

  /** Waits for the program's end and resolves with its exit code. */
  async ends(): Promise<number> {
    await until(
      () => `the end of the program:\n${this.lines().join('\n')}`,
      () => existsSync(this.#code),
    );
    return Number(readFileSync(this.#code, 'utf8'));
  }

  [Symbol.dispose](): void {
    spawnSync('tmux', ['-S', this.#socket, 'kill-server']);
  }

  #tmux(...args: readonly string[]): string {
    const env = { ...this.#sandbox.env, TERM: 'xterm-256color' };
    return execFileSync('tmux', ['-S', this.#socket, '-f', '/dev/null', ...args], { env, encoding: 'utf8' });
  }
}
