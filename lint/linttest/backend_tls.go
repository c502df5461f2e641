package linttest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// authority issues the certificates of one case.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// newAuthority makes a root.
func newAuthority() (*authority, error) { return (*authority)(nil).sub("nginxlint test CA") }

// sub makes an authority below this one, or a root below none.
func (a *authority) sub(name string) (*authority, error) {
	tmpl := certTemplate(name)
	tmpl.IsCA, tmpl.BasicConstraintsValid = true, true
	tmpl.KeyUsage = x509.KeyUsageCertSign
	return a.sign(tmpl)
}

func certTemplate(name string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(24 * time.Hour),
	}
}

func (a *authority) sign(tmpl *x509.Certificate) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	parent, signer := tmpl, key
	if a != nil {
		parent, signer = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &authority{cert, key}, err
}

// issue makes a certificate for names (host names and IP addresses), through so many
// intermediate authorities, and returns it with their certificates.
func (a *authority) issue(names []string, intermediates int) (tls.Certificate, error) {
	var chain [][]byte
	signer := a
	for i := range intermediates {
		next, err := signer.sub(fmt.Sprintf("nginxlint test intermediate %d", i+1))
		if err != nil {
			return tls.Certificate{}, err
		}
		signer = next
		chain = append([][]byte{next.cert.Raw}, chain...)
	}
	tmpl := certTemplate(names[0])
	tmpl.KeyUsage = x509.KeyUsageDigitalSignature
	tmpl.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			tmpl.IPAddresses = append(tmpl.IPAddresses, ip)
		} else {
			tmpl.DNSNames = append(tmpl.DNSNames, name)
		}
	}
	leaf, err := signer.sign(tmpl)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: append([][]byte{leaf.cert.Raw}, chain...), PrivateKey: leaf.key}, nil
}

// store writes a certificate chain and its key as NAME.crt and NAME.key.
func store(dir, name string, cert tls.Certificate) error {
	var chain []byte
	for _, der := range cert.Certificate {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		return err
	}
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
	return errors.Join(
		os.WriteFile(filepath.Join(dir, name+".crt"), chain, 0o644),
		os.WriteFile(filepath.Join(dir, name+".key"), keyPEM, 0o644),
	)
}

// tlsSpec is how a backend does TLS.
type tlsSpec struct {
	on            bool
	names         []string // of the certificate
	intermediates int
	sni           string // "required", or the one name that is served; empty: any and none
	min, max      uint16
	clientCert    bool
}

// apply reads one option, and says whether it was one of TLS.
func (s *tlsSpec) apply(name, value string) (known bool, err error) {
	switch name {
	case "tls":
		s.on, err = parseFlag(value)
	case "names":
		s.names = strings.Split(value, ",")
	case "intermediates":
		s.intermediates, err = parseSize(value)
	case "sni":
		s.sni = value
	case "tls-min":
		s.min, err = tlsVersion(value)
	case "tls-max":
		s.max, err = tlsVersion(value)
	case "client-cert":
		s.clientCert, err = parseFlag(value)
	default:
		return false, nil
	}
	return true, err
}

func tlsVersion(s string) (uint16, error) {
	versions := map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}
	if v, ok := versions[s]; ok {
		return v, nil
	}
	return 0, fmt.Errorf("unknown TLS version %q", s)
}

// Alerts that TLS servers send when they do not like the server name (RFC 5246, RFC 6066).
const (
	alertHandshakeFailure = 40
	alertUnrecognizedName = 112
)

// config makes the settings of a TLS server that notes the server name with note.
func (s tlsSpec) config(ca *authority, kind string, note func(sni string)) (*tls.Config, error) {
	cert, err := ca.issue(s.names, s.intermediates)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: s.min, MaxVersion: s.max}
	if kind == "h2" {
		config.NextProtos = []string{"h2"}
	}
	if s.clientCert {
		config.ClientAuth = tls.RequireAndVerifyClientCert
		config.ClientCAs = x509.NewCertPool()
		config.ClientCAs.AddCert(ca.cert)
	}
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		note(hello.ServerName)
		switch {
		case s.sni == "":
			return nil, nil
		case hello.ServerName == "":
			return nil, refuse(hello.Conn, alertHandshakeFailure)
		case s.sni != "required" && s.sni != hello.ServerName:
			return nil, refuse(hello.Conn, alertUnrecognizedName)
		}
		return nil, nil
	}
	return config, nil
}

// refuse sends a fatal alert of its own choice: package tls would send "internal error".
func refuse(c net.Conn, alert byte) error {
	c.Write([]byte{21, 3, 3, 0, 2, 2, alert})
	return fmt.Errorf("no acceptable server name")
}

// own is the authority's own certificate and key.
func (a *authority) own() tls.Certificate {
	return tls.Certificate{Certificate: [][]byte{a.cert.Raw}, PrivateKey: a.key}
}
