package dev.sluice.config;

import dev.sluice.policy.Model;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code models} of {@code sluice.yaml}. */
final class ModelsReader {
  /** At the edges it travels in a header. */
  private static final Pattern BACKEND_NAME = Pattern.compile("[!-~]{1,256}");

  private final Map<String, PlacedModel> models = new LinkedHashMap<>();

  /** A model with the places of its fields in the file. */
  record PlacedModel(Model model, Field itself, Field backend, Field successor) {}

  Map<String, PlacedModel> placed() {
    return models;
  }

  Map<String, Model> models() {
    Map<String, Model> plain = new LinkedHashMap<>();
    models.forEach((name, placed) -> plain.put(name, placed.model()));
    return plain;
  }

  void read(Field section) {
    section.read(
        fields ->
            fields
                .all()
                .forEach(
                    (name, field) ->
                        field
                            .required()
                            .map(entry -> model(name, field, entry))
                            .ifPresent(placed -> models.put(name, placed))));
    models.values().forEach(this::aliasOfAnAlias);
    circles();
  }

  private static Optional<PlacedModel> model(String name, Field itself, Fields fields) {
    Field backendField = fields.field("backend");
    Field successorField = fields.field("successor");
    Field sunsetField = fields.field("sunset");
    Optional<String> backend =
        backendField.value(
            "a name of 1 to 256 visible ASCII characters",
            text -> Optional.of(text).filter(BACKEND_NAME.asMatchPredicate()));
    Optional<String> successor = successorField.name();
    Optional<Instant> deprecated = fields.field("deprecated").dayOrInstant();
    Optional<Instant> sunset = sunsetField.dayOrInstant();
    if (name.isBlank()) {
      itself.error("a model needs a name");
      return Optional.empty();
    }
    if (!itself.isName(name)) {
      return Optional.empty();
    }
    if (successor.filter(name::equals).isPresent()) {
      successorField.error("this is the model itself; name the one to use instead");
      return Optional.empty();
    }
    if (deprecated.isPresent() && sunset.isPresent() && sunset.get().isBefore(deprecated.get())) {
      sunsetField.error(
          "%s is before deprecated, %s: first a model is announced to go, then it goes"
              .formatted(sunset.get(), deprecated.get()));
      return Optional.empty();
    }
    if (backend.filter(name::equals).isPresent()) {
      backendField.warning("this is the model's own name, which is sent anyway: no effect");
    }
    return Optional.of(
        new PlacedModel(
            new Model(name, backend, successor, deprecated, sunset),
            itself,
            backendField,
            successorField));
  }

  /** What is sent is not looked up again; who writes this expects that it is. */
  private void aliasOfAnAlias(PlacedModel placed) {
    placed
        .model()
        .backend()
        .filter(name -> !name.equals(placed.model().name()))
        .map(models::get)
        .flatMap(other -> other.model().backend())
        .ifPresent(
            last ->
                placed
                    .backend()
                    .error(
                        "%1$s has a backend name itself, %2$s, and names are not looked up twice; if"
                                .formatted(placed.model().backend().orElseThrow(), last)
                            + " it is meant, write "
                            + last));
  }

  /** Successors that lead back to where they began. */
  private void circles() {
    List<String> told = new ArrayList<>();
    for (PlacedModel first : models.values()) {
      List<String> way = new ArrayList<>();
      Optional<PlacedModel> at = Optional.of(first);
      while (at.isPresent() && !way.contains(at.get().model().name())) {
        way.add(at.get().model().name());
        at = at.get().model().successor().map(models::get);
      }
      boolean circle = at.filter(first::equals).isPresent();
      if (circle && way.stream().noneMatch(told::contains)) {
        told.addAll(way);
        way.add(first.model().name());
        first
            .successor()
            .error("the successors go in a circle: %s".formatted(String.join(" -> ", way)));
      }
    }
  }
}
