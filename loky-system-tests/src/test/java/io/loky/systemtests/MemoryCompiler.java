/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Compiles sources to class files that are in no file: only a loader that is given them has them. */
final class MemoryCompiler {
    private static final Pattern PACKAGE = Pattern.compile("\\bpackage ([\\w.]+);");
    private static final Pattern TYPE =
            Pattern.compile("\\bpublic (?:final |abstract |sealed )*(?:class|record|enum|interface) (\\w+)");

    private MemoryCompiler() {}

    /** The class files of these sources, by the names of the classes. */
    static Map<String, byte[]> compile(String... sources) {
        return compile(Map.of(), sources);
    }

    /** The same, for sources that use these classes. */
    static Map<String, byte[]> compile(Map<String, byte[]> others, String... sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Map<String, ByteArrayOutputStream> made = new TreeMap<>();
        JavaFileManager files = new ForwardingJavaFileManager<>(compiler.getStandardFileManager(null, null, null)) {
            @Override
            public JavaFileObject getJavaFileForOutput(
                    Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                made.put(className, bytes);
                return new SimpleJavaFileObject(URI.create("memory:/" + className.replace('.', '/')), kind) {
                    @Override
                    public OutputStream openOutputStream() {
                        return bytes;
                    }
                };
            }

            @Override
            public Iterable<JavaFileObject> list(
                    Location location, String packageName, java.util.Set<JavaFileObject.Kind> kinds, boolean recurse)
                    throws IOException {
                List<JavaFileObject> found = new java.util.ArrayList<>();
                super.list(location, packageName, kinds, recurse).forEach(found::add);
                if (location == StandardLocation.CLASS_PATH) {
                    others.forEach((name, bytes) -> {
                        if (name.startsWith(packageName + ".") && name.lastIndexOf('.') == packageName.length()) {
                            found.add(new ClassFile(name, bytes));
                        }
                    });
                }
                return found;
            }

            @Override
            public String inferBinaryName(Location location, JavaFileObject file) {
                return file instanceof ClassFile own ? own.name : super.inferBinaryName(location, file);
            }
        };
        StringBuilder problems = new StringBuilder();
        boolean compiled = compiler.getTask(
                        null,
                        files,
                        diagnostic -> problems.append(diagnostic).append('\n'),
                        List.of("-cp", TestClassPath.get(), "-g"),
                        null,
                        Arrays.stream(sources).map(MemoryCompiler::file).toList())
                .call();
        if (!compiled) {
            throw new AssertionError(problems.toString());
        }
        Map<String, byte[]> classes = new LinkedHashMap<>();
        made.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return classes;
    }

    private static JavaFileObject file(String source) {
        Matcher folder = PACKAGE.matcher(source);
        Matcher type = TYPE.matcher(source);
        String path = (folder.find() ? folder.group(1).replace('.', '/') + "/" : "")
                + (type.find() ? type.group(1) : "Source") + ".java";
        return new SimpleJavaFileObject(URI.create("memory:/" + path), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
    }

    private static final class ClassFile extends SimpleJavaFileObject {
        private final String name;
        private final byte[] bytes;

        ClassFile(String name, byte[] bytes) {
            super(URI.create("memory:/" + name.replace('.', '/') + ".class"), Kind.CLASS);
            this.name = name;
            this.bytes = bytes;
        }

        @Override
        public InputStream openInputStream() {
            return new ByteArrayInputStream(bytes);
        }
    }

    /** Defines classes from memory, and counts how often it was asked for their bytes. */
    static class Loader extends ClassLoader {
        private final Map<String, byte[]> classes = new ConcurrentHashMap<>();
        private final Map<String, AtomicInteger> reads = new ConcurrentHashMap<>();

        Loader(ClassLoader above, Map<String, byte[]> classes) {
            super(above);
            this.classes.putAll(classes);
        }

        Loader(Map<String, byte[]> classes) {
            this(MemoryCompiler.class.getClassLoader(), classes);
        }

        void add(Map<String, byte[]> more) {
            classes.putAll(more);
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }

        @Override
        public InputStream getResourceAsStream(String name) {
            byte[] bytes = name.endsWith(".class")
                    ? classes.get(name.substring(0, name.length() - 6).replace('/', '.'))
                    : null;
            if (bytes == null) {
                return super.getResourceAsStream(name);
            }
            reads.computeIfAbsent(name, n -> new AtomicInteger()).incrementAndGet();
            return new ByteArrayInputStream(bytes);
        }

        /** How often the bytes of each class were read, as resources. */
        Map<String, AtomicInteger> reads() {
            return reads;
        }
    }
}
