import type { CommandLineOptions } from '../config/command-line.ts';
import { configDocument, renderConfig } from '../config/render.ts';
import { resolveSettings } from '../work/settings.ts';

/** `--print-config`: every key with its value and where it came from. */
export async function printConfig(workspace: string, given: CommandLineOptions, asJson: boolean): Promise<number> {
  const resolution = await resolveSettings(workspace, given);
  for (const warning of resolution.warnings) process.stderr.write(`[!] WARNING: ${warning}\n`);
  const document = () => `${JSON.stringify(configDocument(resolution, resolution.files), null, 2)}\n`;
  process.stdout.write(asJson ? document() : renderConfig(resolution));
  return 0;
}
