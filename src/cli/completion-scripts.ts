export type Shell = 'bash' | 'zsh' | 'fish';

/**
 * What each shell is told. All three ask the program itself (`autoloop __complete -- WORD…`, the last word being the one at the
 * cursor), which answers with a `value<tab>description` a line, or with `:files` or `:folders` for what the shell knows better.
 */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  // bash 3.2 (macOS) has neither mapfile nor compopt.
  bash: `# bash completion of autoloop. In ~/.bashrc: eval "$(autoloop completion bash)"
_autoloop() {
  local program=$1 current=\${COMP_WORDS[COMP_CWORD]} word line
  local -a words
  words=()
  COMPREPLY=()
  type "$program" >/dev/null 2>&1 || program=autoloop
  # bash takes --option=value for three words.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    [ "$word" = "=" ] || words+=("$word")
  done
  if [ "$current" = "=" ]; then
    current=
    words+=("")
  fi
  while IFS= read -r line; do
    case $line in
      :files | :folders)
        type compopt >/dev/null 2>&1 && compopt -o filenames 2>/dev/null
        [ "$line" = ":files" ] && line=-f || line=-d
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$line" -- "$current")
        ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <("$program" __complete -- "\${words[@]}" 2>/dev/null)
}
complete -F _autoloop autoloop
`,
  zsh: `#compdef autoloop
# zsh completion of autoloop. In ~/.zshrc, after compinit: eval "$(autoloop completion zsh)"
_autoloop() {
  local line
  local -a values shown
  while IFS= read -r line; do
    case $line in
      :files) compset -P '*='; _files; return ;;
      :folders) compset -P '*='; _files -/; return ;;
      *)
        values+=("\${line%%$'\\t'*}")
        shown+=("\${line/$'\\t'/  -- }")
        ;;
    esac
  done < <("\${(Q)words[1]}" __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  compadd -l -d shown -a values
}
if [ "$funcstack[1]" = "_autoloop" ]; then _autoloop "$@"; else compdef _autoloop autoloop; fi
`,
  fish: `# fish completion of autoloop. Once: autoloop completion fish > ~/.config/fish/completions/autoloop.fish
function __autoloop_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    set -l current (commandline -ct)
    for line in ($program __complete -- $words "$current" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$current"
            case :folders
                __fish_complete_directories "$current" ''
            case '*'
                echo $line
        end
    end
end
complete -c autoloop -f -a '(__autoloop_complete)'
`,
};
