// SPDX-License-Identifier: Apache-2.0
/*
 * The tokens of a Falco condition.
 *
 * What a run of characters means depends on where it stands: `and` is a keyword after a check but an ordinary
 * value after `=`, `oneof` is a modifier only before a list, a bare string ends at other characters than a field
 * argument does. Each place is a lexer mode, named for what may stand there, and each token says which mode
 * follows it. The input is bytes (one code unit a byte), so offsets are byte offsets and every byte above 0x7F is
 * an ordinary character.
 *
 * Each mode ends with a token for one byte that does not fit, so the lexer itself never fails: the parser
 * reports the place, with what was expected there.
 */
lexer grammar FalcoConditionLexer;

tokens { OPEN, CLOSE, CLOSE_ARG, COMMA, FIELD, FIELD_ARG, TRANSFORMER, QUOTED, BARE, NUMBER, IDENTIFIER, UNEXPECTED }

@members {
    static bool isBlank(size_t c) { return c == ' ' || c == '\t' || c == '\b' || c == '\r' || c == '\n'; }
    static bool isWord(size_t c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /*
     * A modifier counts only with a blank on both sides and a list after it: `(` or a name that is not a boolean
     * operator. Otherwise the word is an ordinary string.
     */
    bool modifierHere() {
        if (!isBlank(byteBeforeToken())) return false;
        ssize_t at = 1;
        while (isBlank(_input->LA(at))) ++at;
        size_t first = _input->LA(at);
        if (first == '(') return true;
        if (!((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z'))) return false;
        return !wordAt(at, "and") && !wordAt(at, "or") && !wordAt(at, "not");
    }

    size_t byteBeforeToken() {
        ssize_t back = static_cast<ssize_t>(_input->index() - tokenStartCharIndex);
        return tokenStartCharIndex == 0 ? 0 : _input->LA(-back - 1);
    }

    bool wordAt(ssize_t at, const char* word) {
        for (; *word; ++word, ++at)
            if (_input->LA(at) != static_cast<size_t>(*word)) return false;
        return !isWord(_input->LA(at));
    }
}

fragment Blank: [ \t\b\r\n];
fragment Identifier: [a-zA-Z] [a-zA-Z0-9_]*;
fragment FieldName: Identifier ('.' Identifier)+;
fragment TransformerName: 'tolower' | 'toupper' | 'b64' | 'basename' | 'len' | 'join' | 'concat' | 'getopt';
fragment Hex: '0' [xX] [0-9a-fA-F]+;
fragment Decimal: [+-]? [0-9]+ '.'? [0-9]* ([eE] [+-] [0-9]+)?;
/* Ends at the first delimiter that no backslash precedes; how many backslashes does not matter. A zero byte cannot
   stand between quotes. */
fragment Quoted: '"' (~["\\\u0000] | '\\'+ ~[\\\u0000])* '"' | '\'' (~['\\\u0000] | '\\'+ ~[\\\u0000])* '\'';
/* Anything but ( ) " ' = , and white space; a backspace is a blank where a value may begin, and ordinary within it. */
fragment Bare: ~[()"'=, \b\t\n\u000B\f\r] ~[()"'=, \t\n\u000B\f\r]*;
fragment Modifier: 'oneof' | 'anyof' | 'allof';

/* --- where a check is expected (the start, after `and`, `or`, `not`, `(`) --- */
BLANKS: Blank+ -> skip;
OPEN_CHECK: '(' -> type(OPEN);
NOT_GROUP: 'not(';
NOT: 'not' [ \t\n\u000B\f\r]+;
FIELD_CHECK: FieldName -> type(FIELD), mode(OPERATOR);
FIELD_ARG_CHECK: FieldName '[' -> type(FIELD_ARG), mode(OPERATOR), pushMode(ARGUMENT);
TRANSFORMER_CHECK: TransformerName '(' -> type(TRANSFORMER), mode(OPERATOR), pushMode(TRANSFORM);
MACRO: Identifier -> type(IDENTIFIER), mode(CONNECTIVE);
UNEXPECTED_CHECK: . -> type(UNEXPECTED);

/* --- after a complete check --- */
mode CONNECTIVE;
BLANKS_CONNECTIVE: Blank+ -> skip;
AND: 'and' Blank+ -> mode(DEFAULT_MODE);
AND_GROUP: 'and(' -> mode(DEFAULT_MODE);
AND_ALONE: 'and';
OR: 'or' Blank+ -> mode(DEFAULT_MODE);
OR_GROUP: 'or(' -> mode(DEFAULT_MODE);
OR_ALONE: 'or';
CLOSE_GROUP: ')' -> type(CLOSE);
UNEXPECTED_CONNECTIVE: . -> type(UNEXPECTED);

/* --- after the left side of a comparison --- */
mode OPERATOR;
BLANKS_OPERATOR: Blank+ -> skip;
EXISTS: 'exists' -> mode(CONNECTIVE);
NUMBER_OP: ('<=' | '<' | '>=' | '>') -> mode(NUMBER_VALUE);
STRING_OP: ('==' | '=' | '!=') -> mode(STRING_VALUE);
WORD_OP: ('glob' | 'iglob' | 'contains' | 'icontains' | 'bcontains' | 'startswith' | 'bstartswith' | 'endswith'
    | 'regex') Blank+ -> mode(STRING_VALUE);
LIST_OP: ('intersects' | 'in' | 'pmatch') -> mode(LIST_VALUE);
UNEXPECTED_OPERATOR: . -> type(UNEXPECTED);

/* --- right sides --- */
mode NUMBER_VALUE;
BLANKS_NUMBER: Blank+ -> skip;
NUMBER_VAL: 'val(' -> type(VAL), mode(CONNECTIVE), pushMode(TRANSFORM);
NUMBER_TRANSFORMER: TransformerName '(' -> type(TRANSFORMER), mode(CONNECTIVE), pushMode(TRANSFORM);
NUMBER_LITERAL: (Hex | Decimal) -> type(NUMBER), mode(CONNECTIVE);
UNEXPECTED_NUMBER: . -> type(UNEXPECTED);

mode STRING_VALUE;
BLANKS_STRING: Blank+ -> skip;
MODIFIER: Modifier Blank+ {modifierHere()}? -> mode(LIST_VALUE);
VAL: 'val(' -> mode(CONNECTIVE), pushMode(TRANSFORM);
STRING_TRANSFORMER: TransformerName '(' -> type(TRANSFORMER), mode(CONNECTIVE), pushMode(TRANSFORM);
STRING_QUOTED: Quoted -> type(QUOTED), mode(CONNECTIVE);
STRING_BARE: Bare -> type(BARE), mode(CONNECTIVE);
UNEXPECTED_STRING: . -> type(UNEXPECTED);

mode LIST_VALUE;
BLANKS_LIST_VALUE: Blank+ -> skip;
LIST_OPEN: '(' -> mode(CONNECTIVE), pushMode(LIST);
LIST_VAL: 'val(' -> type(VAL), mode(CONNECTIVE), pushMode(TRANSFORM);
LIST_TRANSFORMER: TransformerName '(' -> type(TRANSFORMER), mode(CONNECTIVE), pushMode(TRANSFORM);
LIST_NAME: Identifier -> type(IDENTIFIER), mode(CONNECTIVE);
UNEXPECTED_LIST_VALUE: . -> type(UNEXPECTED);

/* --- inside ( a, "b", … ) --- */
mode LIST;
BLANKS_LIST: Blank+ -> skip;
LIST_QUOTED: Quoted -> type(QUOTED);
LIST_BARE: Bare -> type(BARE);
LIST_COMMA: ',' -> type(COMMA);
LIST_CLOSE: ')' -> type(CLOSE), popMode;
UNEXPECTED_LIST: . -> type(UNEXPECTED);

/* --- inside transformer( … ), val( … ) and the lists within them --- */
mode TRANSFORM;
BLANKS_TRANSFORM: Blank+ -> skip;
TRANSFORM_TRANSFORMER: TransformerName '(' -> type(TRANSFORMER), pushMode(TRANSFORM);
TRANSFORM_LIST: '(' -> type(OPEN), pushMode(TRANSFORM);
TRANSFORM_FIELD: FieldName -> type(FIELD);
TRANSFORM_FIELD_ARG: FieldName '[' -> type(FIELD_ARG), pushMode(ARGUMENT);
TRANSFORM_QUOTED: Quoted -> type(QUOTED);
TRANSFORM_NUMBER: (Hex | Decimal) -> type(NUMBER);
TRANSFORM_COMMA: ',' -> type(COMMA);
TRANSFORM_CLOSE: ')' -> type(CLOSE), popMode;
TRANSFORM_CLOSE_ARG: ')[' -> type(CLOSE_ARG), mode(ARGUMENT);
UNEXPECTED_TRANSFORM: . -> type(UNEXPECTED);

/* --- inside field[ … ] --- */
mode ARGUMENT;
ARGUMENT_QUOTED: Quoted -> type(QUOTED);
ARGUMENT_BARE: ~["'[\] \t\n\u000B\f\r]+ -> type(BARE);
ARGUMENT_CLOSE: ']' -> popMode;
UNEXPECTED_ARGUMENT: . -> type(UNEXPECTED);
