/** The files that users copy, on the real NGINX and the real Envoy, and the programs themselves. */
@NullMarked
package dev.sluice.edges;

import org.jspecify.annotations.NullMarked;
