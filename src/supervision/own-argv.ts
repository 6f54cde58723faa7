/** What starts this program again: the executable alone when it is compiled, node and the script otherwise. */
export function ownArgv(): readonly string[] {
  const script = process.argv[1];
  // A compiled program shows a script that exists only inside it.
  const isCompiled = script === undefined || script === process.execPath || script.startsWith('/$bunfs/');
  return isCompiled ? [process.execPath] : [process.execPath, ...process.execArgv, script];
}
