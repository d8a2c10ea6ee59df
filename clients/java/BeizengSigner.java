import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.util.encoders.Hex;

/** The signature of a call: HMAC-SM3 (GB/T 32905) or HMAC-SHA256 of its seven lines, in hexadecimal. */
public final class BeizengSigner {
    private BeizengSigner() {}

    /** By HMAC-SM3. Path and query are as in the request line; the body is the bytes that are sent. */
    public static String sign(String secret, String method, String path, String query, byte[] body,
                              String appId, String timestamp, String nonce) throws Exception {
        return hmac(new SM3Digest(), secret, text(method, path, query, body, appId, timestamp, nonce));
    }

    /** The same by HMAC-SHA256. */
    public static String signSha256(String secret, String method, String path, String query, byte[] body,
                                    String appId, String timestamp, String nonce) throws Exception {
        return hmac(new SHA256Digest(), secret, text(method, path, query, body, appId, timestamp, nonce));
    }

    private static String text(String method, String path, String query, byte[] body,
                               String appId, String timestamp, String nonce) throws Exception {
        String[] parts = query.split("&");
        Arrays.sort(parts);
        String digest = Hex.toHexString(MessageDigest.getInstance("SHA-256").digest(body));
        return String.join("\n", method, path, String.join("&", parts), digest, appId, timestamp, nonce);
    }

    private static String hmac(Digest digest, String secret, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        HMac mac = new HMac(digest);
        mac.init(new KeyParameter(secret.getBytes(StandardCharsets.UTF_8)));
        mac.update(bytes, 0, bytes.length);
        byte[] signature = new byte[mac.getMacSize()];
        mac.doFinal(signature, 0);
        return Hex.toHexString(signature);
    }
}
