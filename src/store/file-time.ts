/** A moment as part of a file name: `20261123T184954258Z`. */
export function fileTime(moment: Date): string {
  return moment.toISOString().replaceAll(/[-:.]/g, '');
}
