/** The folder of this program's state, directly under the workspace (docs/state.md). Its name is spelt here alone. */
export const STATE_FOLDER = '.autoloop';

/** The same of the releases that had another name. */
export const OLDER_STATE_FOLDER = '.superloop';
