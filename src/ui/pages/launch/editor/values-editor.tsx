/** The values of a launch: the released file in an editor, whose edits are a hotfix, and the hotfix that is active. */
import { useEffect, useEffectEvent, useMemo, useRef } from 'react';
import type { EditorView } from '@codemirror/view';
import type { JobBody } from '../../../../api/contract.ts';
import { useRead } from '../../../api/use-read.ts';
import { Button } from '../../../parts/button.tsx';
import { EMPTY, type Draft } from '../draft.ts';
import { ActiveHotfix } from './active-hotfix.tsx';
import { openEditor } from './editor.ts';
import { judge, valuesIn, withOverrides } from './overrides.ts';
import { OwnValues } from './own-values.tsx';
import './editor.css';

interface ValuesEditorProps {
  readonly released: string;
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
  readonly hotfix: JobBody['hotfix'];
}

export default function ValuesEditor({ released, draft, onChange, hotfix }: ValuesEditorProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const facts = useMemo(() => valuesIn(released, ['flink.version', 'hotfix.maxAge']), [released]);
  const version = typeof facts['flink.version'] === 'string' ? facts['flink.version'] : '';
  const options = useFlinkOptions(version);
  const change = useEffectEvent((text: string) => {
    const { overrides, errors } = judge(released, text);
    onChange({ text: text === released ? null : text, overrides, mistakes: errors.length });
  });
  const begin = useEffectEvent(() => draft.text ?? withOverrides(released, draft.overrides));
  const known = useEffectEvent(() => options);
  useEffect(() => {
    if (!box.current) return;
    // A launch that is repeated brings values without a text.
    const text = begin();
    const editor = openEditor({
      ...{ parent: box.current, released, text },
      onChange: (next) => change(next),
      judge: (next) => judge(released, next).errors,
      options: () => known(),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [released]);
  const { errors } = useMemo(() => judge(released, draft.text ?? released), [released, draft.text]);
  const goToLine = (line: number): void => {
    const editor = view.current;
    if (!editor) return;
    const { to } = editor.state.doc.line(Math.min(line, editor.state.doc.lines));
    editor.dispatch({ selection: { anchor: to }, scrollIntoView: true });
    editor.focus();
  };
  const takeAllBack = (): void => {
    const editor = view.current;
    editor?.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: released } });
    onChange({ text: null, overrides: EMPTY.overrides, mistakes: 0 });
  };
  return (
    <div className="values">
      <div className="values-editor">
        <div ref={box} className="editor" />
        <p className="muted">
          Tab leaves the editor, <kbd>F8</kbd> goes to the next mistake, <kbd>Ctrl</kbd> <kbd>Space</kbd> completes.
        </p>
      </div>
      <div className="values-side">
        <OwnValues
          {...{ released, draft, onChange, errors }}
          onLine={goToLine}
          maxAge={typeof facts['hotfix.maxAge'] === 'string' ? facts['hotfix.maxAge'] : null}
        />
        {draft.text !== null && <Button onClick={takeAllBack}>Take all back</Button>}
        {hotfix && <ActiveHotfix {...{ released, draft, onChange, hotfix }} />}
      </div>
    </div>
  );
}

/** The options of Flink by version. Without an answer the editor completes the fields of the file alone. */
function useFlinkOptions(version: string) {
  const { data } = useRead('/flink-options', { query: { version } }, { enabled: version !== '' });
  return data?.options ?? [];
}
