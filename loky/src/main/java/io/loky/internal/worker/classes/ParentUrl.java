/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.classes;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.Proxy;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * URLs as the parent has them. Files, also those in jars, and what belongs to the JDK are the same for both; all other
 * URLs have a handler of the parent's, and are read by asking it.
 */
final class ParentUrl extends URLStreamHandler {
    private static final List<String> SHARED = List.of("file:", "jar:file:", "jrt:");

    /** For what is no URL. */
    private static final String OWN = "loky-parent:";

    /** What is there; null if nothing is. */
    interface Content {
        byte @Nullable [] get() throws IOException;
    }

    private final String text;
    private final Content content;

    private ParentUrl(String text, Content content) {
        this.text = text;
        this.content = content;
    }

    /**
     * @param text as the parent says it
     * @param content asks the parent for what is there; null if it has nothing
     */
    static URL of(String text, Content content) {
        try {
            // In a jar in a jar the JDK's handler finds nothing.
            boolean shared = SHARED.stream().anyMatch(text::startsWith) && text.indexOf("!/") == text.lastIndexOf("!/");
            return shared ? new URL(text) : new URL(null, text, new ParentUrl(text, content));
        } catch (MalformedURLException e) {
            try {
                return new URL(null, OWN + text, new ParentUrl(OWN + text, content));
            } catch (MalformedURLException impossible) {
                throw new AssertionError("a URL of our own: " + text, impossible);
            }
        }
    }

    /** Takes everything behind the protocol as the path: what it means only the parent's handler knows. */
    @Override
    protected void parseURL(URL url, String spec, int start, int limit) {
        if (url.getPath() == null || url.getPath().isEmpty()) { // new, not relative to another
            setURL(url, url.getProtocol(), "", -1, null, null, spec.substring(start, limit), null, url.getRef());
        } else {
            super.parseURL(url, spec, start, limit); // relative to one of ours
        }
    }

    @Override
    protected URLConnection openConnection(URL url) throws IOException {
        if (!url.toExternalForm().equals(text)) {
            throw new FileNotFoundException(
                    url + " is relative to a resource of the parent's, which cannot be read here");
        }
        return new Connection(url);
    }

    private final class Connection extends URLConnection {
        private byte @Nullable [] bytes;

        Connection(URL url) {
            super(url);
        }

        private byte[] bytes() throws IOException {
            if (bytes == null) {
                bytes = content.get();
            }
            if (bytes == null) {
                throw new FileNotFoundException(url + " is not there in the parent any more");
            }
            connected = true;
            return bytes;
        }

        @Override
        public void connect() throws IOException {
            byte[] unused = bytes();
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new ByteArrayInputStream(bytes());
        }

        @Override
        public long getContentLengthLong() {
            try {
                return bytes().length;
            } catch (IOException e) {
                return -1; // as the contract says; reading it tells why
            }
        }
    }

    @Override
    protected URLConnection openConnection(URL url, Proxy proxy) throws IOException {
        return openConnection(url);
    }

    // Those of the JDK look up hosts.

    @Override
    protected boolean equals(URL one, URL other) {
        return one.toExternalForm().equals(other.toExternalForm());
    }

    @Override
    protected int hashCode(URL url) {
        return url.toExternalForm().hashCode();
    }
}
