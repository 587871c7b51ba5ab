# SPDX-License-Identifier: Apache-2.0
# Writes a header with the commit that is built, if it is another one than the header says:
#   cmake -DSOURCE=FOLDER -DOUTPUT=FILE [-DCOMMIT=TEXT] -P commit.cmake
if(NOT COMMIT)
    execute_process(COMMAND git -C ${SOURCE} describe --always --abbrev=12 --exclude=* --dirty
                    OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT COMMIT)
    set(COMMIT unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#pragma once\n#define STOOP_COMMIT \"@COMMIT@\"\n" @ONLY)
