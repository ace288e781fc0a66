package dev.sluice.ratelimit;

import java.nio.file.Path;

/**
 * Where the rules are.
 *
 * @param directory of which every file is read, also those in directories below, whatever their
 *     names end with
 * @param ignoreDotFiles whether to leave out what begins with a dot, as files and directories of a
 *     Kubernetes ConfigMap do
 * @param mergeDomains whether several files may have rules of one domain
 */
public record RuleFiles(Path directory, boolean ignoreDotFiles, boolean mergeDomains) {}
