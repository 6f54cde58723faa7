#!/usr/bin/env node
// `autoloop` of the npm package: hands over to the program in the package of this platform. Node 18 or later, nothing else.
'use strict';
const { accessSync, constants } = require('node:fs');
const { spawn } = require('node:child_process');

const PACKAGES = {
  'linux x64': 'autoloop-linux-x64',
  'linux x64 musl': 'autoloop-linux-x64-musl',
  'linux arm64': 'autoloop-linux-arm64',
  'darwin arm64': 'autoloop-macos-arm64',
  'darwin x64': 'autoloop-macos-x64',
};

const platform = `${process.platform} ${process.arch}${isMusl() ? ' musl' : ''}`;
const name = PACKAGES[platform];
const program = name === undefined ? null : programOf(name);
if (program !== null) handOver(program);
else if (name !== undefined) fail(`the package ${name} is missing: install autoloop again, without --omit=optional`);
else fail(`there is no autoloop for ${platform}${process.platform === 'win32' ? ': use WSL' : ''}`);

/** The executable in a package; null where that is not installed. */
function programOf(packageName) {
  try {
    const file = require.resolve(`${packageName}/autoloop`);
    accessSync(file, constants.X_OK);
    return file;
  } catch {
    return null;
  }
}

function isMusl() {
  return process.platform === 'linux' && process.report.getReport().header.glibcVersionRuntime === undefined;
}

/** The program takes the place of this process where Node can do that: no signal and no exit code has to be passed on. */
function handOver(file) {
  // The program is compiled with Bun, which takes orders from the environment before it begins: none of them reaches it.
  const env = { ...process.env };
  delete env.BUN_OPTIONS;
  delete env.BUN_BE_BUN;
  const args = process.argv.slice(2);
  if (typeof process.execve === 'function') {
    process.removeAllListeners('warning');
    process.execve(file, [file, ...args], env);
  }
  // A terminal sends Ctrl-C to the program as well; other signals come here alone. Listened to before there is a program: one that
  // comes at once is handed on as well, and leaves nothing running.
  process.on('SIGINT', () => undefined);
  let child;
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child = spawn(file, args, { stdio: 'inherit', env });
  child.on('error', (error) => fail(`${file} cannot be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function fail(reason) {
  process.stderr.write(`error: ${reason}\n`);
  process.exitCode = 1;
}
