/** The editor of a deployment file: what differs from the released text is marked in the margin, with a button that takes it back. */
import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { history, historyKeymap, standardKeymap } from '@codemirror/commands';
import { linter, lintGutter, lintKeymap, type Diagnostic } from '@codemirror/lint';
import { unifiedMergeView } from '@codemirror/merge';
import { EditorState, type Extension, type Text } from '@codemirror/state';
import { EditorView, keymap, lineNumbers, tooltips } from '@codemirror/view';
import type { FlinkOption } from '../../../../api/deployment-contract.ts';
import type { InputError } from '../../../../domain/errors/errors.ts';
import { colours } from './colours.ts';
import { completionsOf } from './completion.ts';

interface EditorOptions {
  readonly parent: HTMLElement;
  readonly released: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly judge: (text: string) => readonly InputError[];
  readonly options: () => readonly FlinkOption[];
}

const nonce = (): string => document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '';

/** Makes an editor. Tab leaves it, since nothing on a page may hold the keyboard. */
export function openEditor({ parent, released, text, onChange, judge, options }: EditorOptions): EditorView {
  const extensions: Extension[] = [
    EditorView.cspNonce.of(nonce()),
    lineNumbers(),
    history(),
    colours,
    EditorView.lineWrapping,
    // Outside of the editor, whose edges would cut them off.
    tooltips({ parent: document.body }),
    autocompletion({ override: [completionsOf(options)] }),
    linter(({ state }) => judge(state.doc.toString()).map((error) => diagnosticOf(state.doc, error)), { delay: 200 }),
    lintGutter(),
    unifiedMergeView({ original: released, gutter: true, mergeControls: controlOf, syntaxHighlightDeletions: false }),
    keymap.of([...completionKeymap, ...historyKeymap, ...lintKeymap, ...standardKeymap]),
    EditorView.contentAttributes.of({ 'aria-label': 'Deployment file', spellcheck: 'false' }),
    EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) onChange(state.doc.toString());
    }),
  ];
  return new EditorView({ parent, state: EditorState.create({ doc: text, extensions }) });
}

/** A change can only be taken back: to accept it would mean to forget that it is one. */
function controlOf(type: 'accept' | 'reject', act: (event: MouseEvent) => void): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  if (type === 'accept') {
    button.hidden = true;
    return button;
  }
  button.className = 'button take-back';
  button.textContent = 'Take back';
  button.addEventListener('mousedown', act);
  button.addEventListener('click', act);
  return button;
}

function diagnosticOf(doc: Text, { line = 1, column = 1, message }: InputError): Diagnostic {
  const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const start = Math.min(from + column - 1, to);
  return { from: start, to, severity: 'error', message };
}
