/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import io.loky.internal.wire.ClassAnswer.Item;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Provides;
import java.lang.module.ModuleReader;
import java.lang.module.ResolvedModule;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What named modules have for themselves. In a worker their classes are in no named module, so what a module only shows to
 * itself its code must find by way of the class loader there, and the services that it provides must stand in files.
 */
final class ModuleResources {
    private static final String SERVICES = "META-INF/services/";

    private ModuleResources() {}

    static List<Item> places(ClassLoader loader, String name) throws IOException {
        List<Item> items = new ArrayList<>();
        for (ResolvedModule module : modulesOf(loader)) {
            if (name.startsWith(SERVICES)) {
                String providers = providers(module, name.substring(SERVICES.length()));
                if (!providers.isEmpty()) {
                    items.add(Resources.place(
                            "loky-module:/" + module.name() + "/" + name, providers.getBytes(StandardCharsets.UTF_8)));
                }
            } else if (isEncapsulated(loader, module, name)) {
                try (ModuleReader reader = module.reference().open()) {
                    Optional<URI> place = reader.find(name);
                    if (place.isPresent()) {
                        items.add(Resources.place(place.get().toString(), null));
                    }
                }
            }
        }
        return items;
    }

    static byte @Nullable [] content(ClassLoader loader, String name) throws IOException {
        for (ResolvedModule module : modulesOf(loader)) {
            if (isEncapsulated(loader, module, name)) {
                try (ModuleReader reader = module.reference().open()) {
                    byte[] bytes = ClassBytes.read(reader.open(name).orElse(null));
                    if (bytes != null) {
                        return bytes;
                    }
                }
            }
        }
        return null;
    }

    /** Whether the loader, asked from outside of the module, keeps this resource back: it is in a package that is not open. */
    private static boolean isEncapsulated(ClassLoader loader, ResolvedModule resolved, String name) {
        int slash = name.lastIndexOf('/');
        if (slash <= 0 || name.endsWith(".class")) {
            return false;
        }
        String folder = name.substring(0, slash).replace('/', '.');
        Module module = loader.getUnnamedModule(); // only to compare with
        return layerOf(loader)
                .flatMap(layer -> layer.findModule(resolved.name()))
                .map(own -> own.getPackages().contains(folder) && !own.isOpen(folder, module))
                .orElse(false);
    }

    private static String providers(ResolvedModule module, String service) {
        StringBuilder lines = new StringBuilder();
        for (Provides provides : module.reference().descriptor().provides()) {
            if (provides.service().equals(service)) {
                provides.providers().forEach(provider -> lines.append(provider).append('\n'));
            }
        }
        return lines.toString();
    }

    private static List<ResolvedModule> modulesOf(ClassLoader loader) {
        return layerOf(loader)
                .map(layer -> layer.modules().stream()
                        .filter(module -> module.getClassLoader() == loader && !Loaders.isOfTheJdk(module))
                        .flatMap(module -> layer.configuration().findModule(module.getName()).stream())
                        .toList())
                .orElse(List.of());
    }

    /** The layer whose modules this loader defines. Layers that a program makes itself are not known by their loaders. */
    private static Optional<ModuleLayer> layerOf(ClassLoader loader) {
        ModuleLayer boot = ModuleLayer.boot();
        boolean own = boot.modules().stream().anyMatch(module -> module.getClassLoader() == loader);
        return own ? Optional.of(boot) : Optional.empty();
    }
}
