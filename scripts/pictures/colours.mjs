/** What the pictures of the documents are drawn with, for a light and for a dark page. */
export const THEMES = {
  light: {
    ink: '#1f2328',
    faint: '#59636e',
    paper: '#ffffff',
    panel: '#f6f8fa',
    line: '#8c959f',
    strong: '#0b57a8',
    green: '#116329',
    yellow: '#8a5a00',
    cyan: '#0b6b75',
  },
  dark: {
    ink: '#e6edf3',
    faint: '#9198a1',
    paper: '#0d1117',
    panel: '#161b22',
    line: '#6e7681',
    strong: '#79b8ff',
    green: '#56d364',
    yellow: '#e3b341',
    cyan: '#56d4dd',
  },
};

export const SANS = 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif';
export const MONO = 'ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace';

export function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
