// SPDX-License-Identifier: Apache-2.0
/*
 * The grammar of a Falco condition: what may stand in `condition:` of a rule or a macro. The tokens, and the
 * places where each is recognised, are in FalcoConditionLexer.g4.
 *
 * `not` binds tighter than `and`, `and` tighter than `or`. A `(` directly behind `or`, `and` or `not` belongs to
 * the keyword (OR_GROUP, …): the group is then the keyword's whole operand, so `a or(b) and c` does not parse.
 */
parser grammar FalcoCondition;

options { tokenVocab = FalcoConditionLexer; }

condition: disjunction EOF;

disjunction: conjunction (OR conjunction | OR_GROUP group)*;
conjunction: negation (AND negation | AND_GROUP group)*;
negation: NOT* (NOT_GROUP group | check);

/* Its opening parenthesis is part of the token before it. */
group: disjunction CLOSE;

check
    : OPEN group                            # Parenthesized
    | (field | transformer) comparison      # Comparison_
    | IDENTIFIER                            # MacroReference
    ;

comparison
    : EXISTS
    | NUMBER_OP (expression | NUMBER)
    | (STRING_OP | WORD_OP) (MODIFIER (list | IDENTIFIER) | expression | QUOTED | BARE)
    | LIST_OP (list | expression | IDENTIFIER)
    ;

list: LIST_OPEN (element (COMMA element)*)? CLOSE;
element: QUOTED | BARE;

/* A right side that is looked up for each event. */
expression
    : VAL field (CLOSE | CLOSE_ARG argument)
    | transformer
    ;

transformer: TRANSFORMER transformerArgument (COMMA transformerArgument)* (CLOSE | CLOSE_ARG argument);
transformerArgument: NUMBER | QUOTED | transformerList | transformer | field;
transformerList: OPEN (transformerElement (COMMA transformerElement)*)? CLOSE;
transformerElement: NUMBER | QUOTED | transformer | field;

/* An entry of its own: what may follow `%` in an output template. */
reference: (field | transformer) EOF;

field: FIELD | FIELD_ARG argument;
argument: (QUOTED | BARE) ARGUMENT_CLOSE;
