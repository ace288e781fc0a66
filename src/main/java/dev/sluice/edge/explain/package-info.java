/**
 * Why a request was, or would be, refused: what is asked, and the answer as JSON, which is also
 * what the command line shows.
 *
 * <p>No secret goes in or out: keys are named by their ids.
 *
 * <p>May depend on what {@code edge} may.
 */
@NullMarked
package dev.sluice.edge.explain;

import org.jspecify.annotations.NullMarked;
