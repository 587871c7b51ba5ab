# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where. The program finds its module in ../lib/stoop beside itself.
include(GNUInstallDirs)

set(documents ${PROJECT_BINARY_DIR}/share)
set(made)
foreach(document "man/man1/stoop.1 man" "bash-completion/completions/stoop bash"
        "zsh/site-functions/_stoop zsh" "fish/vendor_completions.d/stoop.fish fish")
    separate_arguments(document)
    list(GET document 0 file)
    list(GET document 1 what)
    get_filename_component(folder ${documents}/${file} DIRECTORY)
    file(MAKE_DIRECTORY ${folder})
    add_custom_command(
        OUTPUT ${documents}/${file}
        COMMAND stoop generate ${what} > ${documents}/${file}
        DEPENDS stoop
        VERBATIM)
    list(APPEND made ${documents}/${file})
endforeach()
add_custom_target(stoop_documents ALL DEPENDS ${made})

install(TARGETS stoop RUNTIME DESTINATION bin)
install(TARGETS stoop_codegen LIBRARY DESTINATION lib/stoop)
install(DIRECTORY ${documents}/ DESTINATION ${CMAKE_INSTALL_DATAROOTDIR})
install(FILES ${PROJECT_SOURCE_DIR}/schema/syscall.json ${PROJECT_SOURCE_DIR}/schema/container.json
    DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/stoop/schema)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_SOURCE_DIR}/README.md
    DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs FILES_MATCHING PATTERN "*.md")
