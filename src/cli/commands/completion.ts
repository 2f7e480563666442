/** `sluice completion`: prints shell completion, generated from the tree of commands. */
import { Argument, type Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';

interface Completable {
  readonly name: string;
  readonly description: string;
  readonly options: readonly string[];
}

const renderers = { bash, zsh, fish } as const;
const shells = Object.keys(renderers) as (keyof typeof renderers)[]; // keys of a literal table

export function registerCompletion(program: Command, { out }: CliContext): void {
  program
    .command('completion')
    .description('print completion for a shell, e.g. source <(sluice completion bash)')
    .addArgument(new Argument('<shell>', 'name of the shell').choices(shells))
    .action((shell) => {
      const flags = (command: Pick<Command, 'options'>): string[] =>
        command.options.flatMap(({ long }) => (typeof long === 'string' ? [long] : []));
      const everywhere = [...flags(program), '--help'];
      const commands = program.commands.map((command) => ({
        name: command.name(),
        description: command.description(),
        options: [...flags(command as unknown as Command), ...everywhere], // only its options are read
      }));
      out.line(renderers[shell](commands));
    });
}

function bash(commands: readonly Completable[]): string {
  const cases = commands.map(({ name, options }) => `    ${name}) words="${options.join(' ')}" ;;`);
  return `# sluice completion for bash
_sluice() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${commands.map(({ name }) => name).join(' ')}"; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _sluice sluice`;
}

function zsh(commands: readonly Completable[]): string {
  const plain = (text: string): string => text.replace(/['\\:[\]]/g, ' ');
  const names = commands.map(({ name, description }) => `    '${name}:${plain(description)}'`);
  const cases = commands.map(({ name, options }) => `    ${name}) compadd -- ${options.join(' ')} ;;`);
  return `#compdef sluice
_sluice() {
  local -a commands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  case "$words[2]" in
${cases.join('\n')}
  esac
  _files
}
compdef _sluice sluice`;
}

function fish(commands: readonly Completable[]): string {
  const plain = (text: string): string => text.replace(/['\\]/g, ' ');
  const lines = commands.flatMap(({ name, description, options }) => [
    `complete -c sluice -n __fish_use_subcommand -a ${name} -d '${plain(description)}'`,
    ...options.map((option) => `complete -c sluice -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`),
  ]);
  return ['# sluice completion for fish', ...lines].join('\n');
}
