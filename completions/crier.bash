# bash completion for crier. All it knows is to ask the program: crier complete -- WORD...

_crier() {
    local line=${COMP_LINE:0:COMP_POINT} kept
    local -a words candidates

    # Names of deliveries hold ':', '@' and '=', at which bash breaks words: cut at blanks instead.
    read -ra words <<<"$line"
    [[ $line == *[[:blank:]] ]] && words+=("")
    mapfile -t candidates < <("${words[0]/#\~/$HOME}" complete -- "${words[@]:1}" 2>/dev/null | cut -f 1)

    # bash puts a candidate behind the last break, so what stands before it goes; of its breaks, '@' alone goes with the word.
    kept=${words[-1]%"${words[-1]##*["$COMP_WORDBREAKS"]}"}
    kept=${kept%@}
    COMPREPLY=("${candidates[@]#"$kept"}")
}
complete -o default -F _crier crier
