/** Options that describe a hotfix. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { parse } from 'yaml';
import { CONFIG, keysOf } from '../../domain/hotfix/apply.ts';
import { isTextAt } from '../../domain/deployment-file/json-schema.ts';
import { UsageError } from '../failures.ts';
import { adding } from '../shared-options.ts';

const collect = (text: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), text];

function parseParallelism(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a positive whole number.');
}

/** Adds the options of a hotfix: Sluice's own, and Flink's short flags where they mean the same. */
export const withHotfixOptions = adding((command) =>
  command
    .addOption(
      new Option(
        '--set <path=value>',
        'hotfix: set a value of the deployment file, such as taskManager.memory=4g',
      ).argParser(collect),
    )
    .addOption(new Option('--unset <path>', 'hotfix: remove a value of the deployment file').argParser(collect))
    .addOption(
      new Option(
        '-D, --define <key=value>',
        'hotfix: set an option of Flink; the same as --set flink.config.<key>',
      ).argParser(collect),
    )
    .addOption(
      new Option('-p, --parallelism <number>', 'hotfix: the same as --set job.parallelism').argParser(parseParallelism),
    )
    .addOption(
      new Option(
        '--expires-in <duration>',
        'how long the hotfix lasts (default: as long as the deployment file allows)',
      ),
    ),
);

interface HotfixAnswers {
  readonly set?: readonly string[] | undefined;
  readonly unset?: readonly string[] | undefined;
  readonly define?: readonly string[] | undefined;
  readonly parallelism?: number | undefined;
  readonly expiresIn?: string | undefined;
}

/** Turns the options into fields of a request; null when none was given. @throws UsageError when they make no hotfix. */
export function hotfixFields(options: HotfixAnswers): Record<string, unknown> | null {
  const { set = [], unset = [], define = [], parallelism, expiresIn } = options;
  const values = [
    ...set.map((text) => valueOf(...halves(text, '--set', 'path=value'))),
    ...define.map((text) => halves(text, '-D', 'key=value')).map(([key, text]): Value => [CONFIG + key, text]),
    ...(parallelism === undefined ? [] : [['job.parallelism', parallelism] satisfies Value]),
  ];
  const paths = values.map(([path]) => path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) throw new UsageError(`${twice} is given twice: give it once`);
  if (values.length === 0 && unset.length === 0) {
    if (expiresIn === undefined) return null;
    throw new UsageError('--expires-in belongs to a hotfix: give --set, --unset, -D or -p too');
  }
  return {
    set: Object.fromEntries(values),
    ...(unset.length === 0 ? {} : { unset }),
    ...(expiresIn === undefined ? {} : { expiresIn }),
  };
}

type Value = readonly [path: string, value: unknown];

function halves(text: string, option: string, form: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new UsageError(`${option} takes ${form}, such as ${option} ${form.replace('path', 'taskManager.memory')}`);
}

/** Keeps the text as typed where the field takes text; else reads the text as YAML: a number, a list, true or false. */
function valueOf(path: string, text: string): Value {
  const keys = keysOf(path);
  if (path.startsWith(CONFIG) || keys[0] === 'labels' || keys[0] === 'links' || isTextAt(keys)) return [path, text];
  try {
    return [path, parse(text)];
  } catch (cause) {
    throw new UsageError(`the value of --set ${path} cannot be read: write a list as ["a", "b"]`, { cause });
  }
}
