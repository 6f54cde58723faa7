/** Where an action leaves the program's exit code. */
export interface Exit {
  code: number;
}
