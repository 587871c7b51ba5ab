# SPDX-License-Identifier: Apache-2.0
# Writes a header with the contents of a text file as a string constant:
#   cmake -DINPUT=FILE -DOUTPUT=FILE -DNAME=IDENTIFIER -P embed.cmake
file(READ ${INPUT} contents)
# Compilers limit the length of one literal, so it is written in pieces that the compiler joins.
string(LENGTH "${contents}" length)
set(pieces "")
set(at 0)
while(at LESS length)
    string(SUBSTRING "${contents}" ${at} 8000 piece)
    string(APPEND pieces "R\"__(${piece})__\"\n")
    math(EXPR at "${at} + 8000")
endwhile()
file(WRITE ${OUTPUT} "#pragma once\n#include <string_view>\nnamespace stoop::embedded {\n"
                     "inline constexpr std::string_view ${NAME} =\n${pieces};\n}\n")
