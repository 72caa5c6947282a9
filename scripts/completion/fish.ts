/**
 * The completion of fish: the same walk over the line as for the other shells, in its language, and with what each word is
 * about. Reference: fish manual, `complete`.
 */
import type { Answer, CompletionTable } from './table.ts';

export function fishScript({ steps, valueFlags, answers }: CompletionTable): string {
  return `# Completion of azimuth for fish. Made by "./azimuth completion fish"; make it again after an update.
function __azimuth_complete
  set -l verb ''
  set -l count 0
  set -l flag ''
  set -l typed (commandline -opc)
  set -e typed[1]
  for word in $typed
    if test -n "$flag"
      set flag ''
      continue
    end
    switch "$verb:$word"
${steps.map(({ place, command }) => branch([place], `set verb ${quoted(command)}`)).join('\n')}
${branch(valueFlags, 'set flag $word')}
${branch(['*:-*'], '')}
${branch(['*'], 'set count (math $count + 1)')}
    end
  end
  set -l place $count
  string match -q -- '-*' (commandline -ct)
  and set place -
  test -n "$flag"
  and set place $flag
  switch "$verb:$place"
${answers.map((answer) => branch([answer.place], found(answer))).join('\n')}
  end
end
complete -c azimuth -f -a '(__azimuth_complete)'
`;
}

function branch(places: readonly string[], does: string): string {
  return `    case ${places.map(quoted).join(' ')}\n      ${does}`.trimEnd();
}

function found({ words, files }: Answer): string {
  return [
    ...(words.length === 0 ? [] : [`printf '%s\\t%s\\n' ${words.map(({ word, about }) => `${quoted(word)} ${quoted(about)}`).join(' ')}`]),
    ...(files ? ['__fish_complete_path (commandline -ct)'] : []),
  ].join('; ');
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}
