/** Colours keys, values and comments of YAML by their form. A grammar of YAML would be a tenth of all that the launch fetches. */
import { Decoration, MatchDecorator, ViewPlugin, type DecorationSet, type ViewUpdate } from '@codemirror/view';

const TOKEN =
  /(?<comment>(?:^|\s)#.*$)|(?<key>[\w.$/-]+(?=:(?:\s|$)))|(?<plain>\b(?:true|false|null|\d+(?:\.\d+)?)(?=\s|$|[,\]}]))/gm;

const marks = {
  comment: Decoration.mark({ class: 'yaml-comment' }),
  key: Decoration.mark({ class: 'yaml-key' }),
  plain: Decoration.mark({ class: 'yaml-plain' }),
};

const matcher = new MatchDecorator({
  regexp: TOKEN,
  decoration: ({ groups }) => (groups?.['comment'] ? marks.comment : groups?.['key'] ? marks.key : marks.plain),
});

interface Tokens {
  tokens: DecorationSet;
  readonly update: (update: ViewUpdate) => void;
}

export const colours = ViewPlugin.define<Tokens>(
  (view) => ({
    tokens: matcher.createDeco(view),
    update(update) {
      this.tokens = matcher.updateDeco(update, this.tokens);
    },
  }),
  { decorations: ({ tokens }) => tokens },
);
