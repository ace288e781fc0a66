package dev.sluice.edge.debug;

import io.vertx.ext.web.Router;

/** Some pages of the debug door. */
public interface DebugPages {
  /** What they are, a line each. */
  String index();

  void addTo(Router router);
}
