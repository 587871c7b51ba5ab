// SPDX-License-Identifier: Apache-2.0
// The lexer of conditions (grammar/FalcoConditionLexer.g4) as ANTLR walks it, at the speed of an automaton
// that is mostly complete.
//
// ANTLR makes its automaton while it reads: for each state and byte it meets for the first time, it works out
// which state comes next, at the price of some hundred bytes read. Here all bytes that lead to the same state
// are known from the first of them, and the automaton is kept. Each thread borrows one: threads that
// made one together would wait for each other at every byte.
#pragma once

#include <memory>
#include <string_view>

#include "FalcoConditionLexer.h"
#include "antlr4-runtime.h"

namespace stoop {

// The text as one code unit a byte, so that the offsets of tokens are those of the text.
class ByteStream : public antlr4::ANTLRInputStream {
  public:
    explicit ByteStream(std::string_view text);
};

class LexerAutomaton;

// What does not fit ends the text for the parser, which reports it and reads no further. Going on would take
// a quadratic time for quotes that are not closed.
class StoppingLexer : public FalcoConditionLexer {
  public:
    explicit StoppingLexer(antlr4::CharStream* text);
    ~StoppingLexer() override;
    std::unique_ptr<antlr4::Token> nextToken() override;

  private:
    std::unique_ptr<LexerAutomaton> automaton_;
};

}  // namespace stoop
