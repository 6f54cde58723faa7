import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { Problem } from '../core/problem.ts';
import { redactIn } from '../core/redact.ts';
import type { SeenWorkspace } from '../inspect/task-summary.ts';
import { LOOK_TOOLS } from './look-tools.ts';
import { APPROVE_TOOLS, STEER_TOOLS } from './steer-tools.ts';
import type { Tool } from './tool.ts';

export interface McpOptions {
  readonly seen: SeenWorkspace;
  readonly version: string;
  readonly isReadOnly: boolean;
  /** Whether the caller may approve plans and send them back. */
  readonly mayApprove: boolean;
  /** Ends the server. */
  readonly stop: AbortSignal;
}

const INSTRUCTIONS =
  'Autoloop works off a large coding task with other agents: plan, implement, test, audit. Start a run only when the user asks for one; then wait for it with autoloop_wait, again and again with its place, and put its questions to the user.';

/** Serves the tools on standard input and output until its caller goes away or `stop` says so. */
export async function serveMcp({ seen, version, isReadOnly, mayApprove, stop }: McpOptions): Promise<void> {
  const server = new McpServer({ name: 'autoloop', version }, { instructions: INSTRUCTIONS });
  const tools = [...LOOK_TOOLS, ...(isReadOnly ? [] : [...STEER_TOOLS, ...(mayApprove ? APPROVE_TOOLS : [])])];
  for (const one of tools) {
    const { name, description, input, output, annotations } = one;
    server.registerTool(
      name,
      { description, inputSchema: input, outputSchema: output, annotations },
      (given: unknown, { signal }: { signal: AbortSignal }) =>
        answer(one, given, { ...seen, stop: AbortSignal.any([signal, stop]) }),
    );
  }
  const gone = new Promise<void>((resolve) => {
    process.stdin.once('end', () => resolve());
    process.stdin.once('close', () => resolve());
    stop.addEventListener('abort', () => resolve());
  });
  await server.connect(new StdioServerTransport());
  await gone;
  await server.close();
}

/** A refusal is an answer, too: what was found and what is accepted, for the caller to mend. */
async function answer(one: Tool, given: unknown, served: Parameters<Tool['run']>[1]): Promise<CallToolResult> {
  try {
    const structuredContent = redactIn(await one.run(given, served));
    return { structuredContent, content: [{ type: 'text', text: JSON.stringify(structuredContent) }] };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const text = [error.message, error.hint].filter((part) => part !== null).join(' ');
    return { isError: true, content: [{ type: 'text', text }] };
  }
}
