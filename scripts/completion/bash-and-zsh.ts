/**
 * The completion of two shells that speak alike: which command is meant, which place the cursor is at, what stands there.
 * They differ in how they hand the line over and take the answers.
 * Reference: Bash manual, "Programmable Completion"; zshcompsys(1), `compdef`.
 */
import type { Answer, CompletionTable } from './table.ts';

export function bashScript(table: CompletionTable): string {
  return `# Completion of azimuth for bash. Made by "./azimuth completion bash"; make it again after an update.
_azimuth() {
  local current=\${COMP_WORDS[COMP_CWORD]} verb='' count=0 flag='' word place wanted='' files=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    # Bash takes --flag=value apart.
    if [[ $word == '=' ]]; then continue; fi
${walk(table)}
  done
  if [[ $current == '=' ]]; then current=''; fi
${look(table)}
  COMPREPLY=()
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(
    compgen -W "$wanted" -- "$current"
    if [[ -n $files ]]; then compgen -f -- "$current"; fi
  )
  if [[ -n $files ]] && type compopt >/dev/null 2>&1; then compopt -o filenames 2>/dev/null; fi
  return 0
}
complete -F _azimuth azimuth
`;
}

export function zshScript(table: CompletionTable): string {
  return `# Completion of azimuth for zsh. Made by "./azimuth completion zsh"; make it again after an update.
_azimuth() {
  local current=\${words[CURRENT]} verb='' count=0 flag='' word place wanted='' files=''
  for word in "\${(@)words[2,CURRENT-1]}"; do
${walk(table)}
  done
${look(table)}
  if [[ -n $wanted ]]; then compadd -- \${=wanted}; fi
  if [[ -n $files ]]; then _files; fi
  return 0
}
compdef _azimuth azimuth
`;
}

/** Takes one word before the cursor. */
function walk({ steps, valueFlags }: CompletionTable): string {
  return [
    `    if [[ -n $flag ]]; then flag=''; continue; fi`,
    '    case "$verb:$word" in',
    ...steps.map(({ place, command }) => `      '${place}') verb='${command}' ;;`),
    `      ${valueFlags.map((place) => `'${place}'`).join('|')}) flag=$word ;;`,
    '      *:-*) ;;',
    '      *) count=$((count + 1)) ;;',
    '    esac',
  ].join('\n');
}

/** Finds what may stand at the cursor. */
function look({ answers }: CompletionTable): string {
  return [
    '  place=$count',
    `  if [[ $current == -* ]]; then place=-; fi`,
    '  if [[ -n $flag ]]; then place=$flag; fi',
    '  case "$verb:$place" in',
    ...answers.map((answer) => `    ${pattern(answer.place)}) ${found(answer)};;`),
    '  esac',
  ].join('\n');
}

function pattern(place: string): string {
  return place.endsWith('*') ? `'${place.slice(0, -1)}'*` : `'${place}'`;
}

function found({ words, files }: Answer): string {
  return `${words.length === 0 ? '' : `wanted='${words.map(({ word }) => word).join(' ')}' `}${files ? 'files=yes ' : ''}`;
}
